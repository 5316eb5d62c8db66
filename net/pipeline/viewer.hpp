#pragma once
// Who looks at an answer.

#include "net/pipeline/call.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis {

/// The request's caller, in the response format that it asked for.
[[nodiscard]] inline models::Viewer viewer_of(const Call& call) { return {call.is_privileged(), call.format}; }

}  // namespace portcullis

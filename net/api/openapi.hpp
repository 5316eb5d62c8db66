#pragma once
// OpenAPI 3.1 of this server, printed from the same declarations that serve requests. Pure; any thread.

#include <string>

namespace portcullis {

[[nodiscard]] std::string openapi_document();

}  // namespace portcullis

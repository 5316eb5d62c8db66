#pragma once
// What a User-Agent header tells about the client: operating system, browser and device, by a table of names. Codes and
// names: docs/contract/account.md 8. The input is foreign and the work bounded: 512 bytes are read. Pure; any thread.

#include <string_view>

#include "core/session.hpp"

namespace portcullis {

/// Fields that the header does not tell, all of them for SDKs and unknown agents, are blank.
[[nodiscard]] ClientInfo read_user_agent(std::string_view user_agent);

}  // namespace portcullis

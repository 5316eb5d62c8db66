// User-Agent headers: 512 bytes are read, codes come from the tables, versions are digits and dots.

#include "core/user_agent.hpp"

#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view agent = fuzz::text_of(data, size);
  const ClientInfo info = read_user_agent(agent);
  fuzz::require(info == read_user_agent(agent.substr(0, 512)), "only 512 bytes count");
  fuzz::require(info.os_code.size() <= 3 && info.client_code.size() <= 3, "codes are short");
  for (const std::string* version : {&info.client_version, &info.client_engine_version}) {
    fuzz::require(version->find_first_not_of("0123456789.") == std::string::npos, "versions are digits and dots");
    fuzz::require(!version->ends_with('.') && version->find("..") == std::string::npos, "versions are well formed");
  }
  fuzz::require(info.client_code.empty() == info.client_name.empty(), "code and name come together");
  fuzz::require(!info.client_code.empty() || info == ClientInfo{}, "an unknown agent is blank");
  return 0;
}

#pragma once
// The rules of parameters that are about mail. Source: docs/contract/smtp-templates.md 1. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "net/wire/rules.hpp"

namespace portcullis::rules {

extern const Rule<std::vector<std::string>> ten_emails;  ///< ten at most, none as well
extern const Rule<std::string> mail_host_or_empty;       ///< a name or an address, in lower case
extern const Rule<std::string> smtp_secure_or_empty;     ///< tls, ssl
extern const Rule<std::string> mailbox_name;             ///< 0 to 256 characters, none of them a control
extern const Rule<std::int64_t> port_or_zero;

}  // namespace portcullis::rules

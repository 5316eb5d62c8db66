#pragma once
// Mails appended to a file instead of being sent, for development: an mbox, as mail programs read it (RFC 4155, `>From`
// quoted). The outbound thread.

#include <filesystem>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis::outbound {

/// The entry of a mail: mime() with lines that end in LF.
[[nodiscard]] std::string mbox_entry(std::string_view mail, Time date);
/// In one write, to a file that is made with mode 0600. False: it could not be written.
[[nodiscard]] bool append_to_file(const std::filesystem::path& file, std::string_view entry);

}  // namespace portcullis::outbound

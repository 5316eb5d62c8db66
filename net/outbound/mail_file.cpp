#include "net/outbound/mail_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace portcullis::outbound {
namespace {

/// `Thu Jan  1 00:00:00 1970`.
std::string asctime_text(Time date) {
  const std::time_t seconds = static_cast<std::time_t>(to_millis(date) / 1000);
  std::tm parts{};
  char text[32];
  ::gmtime_r(&seconds, &parts);
  const std::size_t size = std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &parts);
  return {text, size};
}

/// `From ` at the beginning of a line, behind any number of `>`.
bool looks_like_head(std::string_view line) noexcept {
  const std::size_t text = line.find_first_not_of('>');
  return text != std::string_view::npos && line.substr(text).starts_with("From ");
}

}  // namespace

std::string mbox_entry(std::string_view mail, Time date) {
  std::string entry = "From portcullis " + asctime_text(date) + "\n";
  entry.reserve(entry.size() + mail.size() + 64);
  while (!mail.empty()) {
    const std::size_t end = std::min(mail.find('\n'), mail.size());
    std::string_view line = mail.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (looks_like_head(line)) entry.push_back('>');
    entry.append(line).push_back('\n');
    mail.remove_prefix(std::min(end + 1, mail.size()));
  }
  return entry.append("\n");
}

bool append_to_file(const std::filesystem::path& file, std::string_view entry) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const ssize_t written = ::write(fd, entry.data(), entry.size());
  const bool closed = ::close(fd) == 0;
  return closed && written == static_cast<ssize_t>(entry.size());
}

}  // namespace portcullis::outbound

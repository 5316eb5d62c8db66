#include "core/file_mode.hpp"

namespace portcullis {
namespace {

constexpr ::mode_t others = S_IRWXG | S_IRWXO;

}  // namespace

::mode_t bits_for_others(const std::filesystem::path& path) noexcept {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & others : 0;
}

bool close_to_others(const std::filesystem::path& path) noexcept {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return false;
  return ::chmod(path.c_str(), facts.st_mode & static_cast<::mode_t>(~others) & ALLPERMS) == 0;
}

}  // namespace portcullis

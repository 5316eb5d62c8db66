#pragma once
// What a file's mode allows to users other than its owner. Files with secrets, and files that the program trusts, are
// for their owner only. Any thread.

#include <sys/stat.h>

#include <filesystem>

namespace portcullis {

/// The permission bits of group and others; none where there is no such file or folder.
[[nodiscard]] ::mode_t bits_for_others(const std::filesystem::path& path) noexcept;
/// Each of these bits lets another user change the file.
inline constexpr ::mode_t write_bits = S_IWGRP | S_IWOTH;
/// Removes all of these bits. False when this process may not do so.
[[nodiscard]] bool close_to_others(const std::filesystem::path& path) noexcept;

}  // namespace portcullis

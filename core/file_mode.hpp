#pragma once
// What a file's mode allows to others than its owner. What holds secrets, or is believed, is for its owner alone. Any
// thread.

#include <sys/stat.h>

#include <filesystem>

namespace portcullis {

/// The bits of group and others; none where there is no such file or folder.
[[nodiscard]] ::mode_t bits_for_others(const std::filesystem::path& path) noexcept;
/// Any of these bits lets somebody else change it.
inline constexpr ::mode_t write_bits = S_IWGRP | S_IWOTH;
/// Takes all of them away. False when that is not this process's to do.
[[nodiscard]] bool close_to_others(const std::filesystem::path& path) noexcept;

}  // namespace portcullis

#pragma once
// The sealing key's file, and which store it belongs to. Called while no request runs.

#include <filesystem>

#include "core/secret.hpp"
#include "net/config/config.hpp"
#include "storage/engine.hpp"

namespace portcullis {
class Random;

inline constexpr const char* seal_key_name = "seal.key";  ///< in a data folder, and in a backup
/// That in the data folder, or the file of --seal-key-file.
[[nodiscard]] std::filesystem::path seal_key_path(const Config& config);

/// The key in the file, which is made where the store is new: one that holds a project has a key already, and a second
/// one could not open what is sealed in it. Throws std::runtime_error that says what to do.
[[nodiscard]] Secret read_seal_key(storage::Engine& engine, const Config& config, Random& random);

/// Whether the key in the file opens what is sealed in the store; true of a store that holds no project. Throws like
/// read_seal_key.
[[nodiscard]] bool seal_key_fits(storage::Engine& engine, const Config& config);

}  // namespace portcullis

#include "net/actions/seal_key.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "core/crypto/seal.hpp"
#include "core/random.hpp"
#include "storage/projects.hpp"
#include "storage/store.hpp"

namespace portcullis {

std::filesystem::path seal_key_path(const Config& config) {
  return config.seal_key_file.empty() ? config.data / seal_key_name : config.seal_key_file;
}

Secret read_seal_key(storage::Engine& engine, const Config& config, Random& random) {
  const std::filesystem::path file = seal_key_path(config);
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) {
    const result<std::vector<Project>> projects = storage::Store(engine).all_projects_now();
    if (!projects || !projects->empty())
      throw std::runtime_error(config.data.string() + " holds a store, but its sealing key " + file.string() +
                               " is missing: put it there, or name it with --seal-key-file");
  }
  return crypto::load_or_create_seal_key(file, random, true);
}

bool seal_key_fits(storage::Engine& engine, const Config& config) {
  SystemRandom random;
  const crypto::Sealer sealer(crypto::load_or_create_seal_key(seal_key_path(config), random, false), random);
  const result<std::vector<Project>> projects = storage::Store(engine).all_projects_now();
  return projects && std::all_of(projects->begin(), projects->end(), [&](const Project& project) {
           return sealer.open(project.sealed_root_key, storage::keys::project(project.id)).has_value();
         });
}

}  // namespace portcullis

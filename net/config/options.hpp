#pragma once
// The table of every option of `serve`: flag, environment name, unit, default and reason. The command line, --help and
// docs/configuration.md are made from it. Pure apart from the files an option names.

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "net/config/config.hpp"

namespace portcullis {

struct ConfigOption {
  const char* flag;                       ///< `--listen`; the environment name is PORTCULLIS_LISTEN
  const char* group;                      ///< heading in --help and in the documentation
  const char* value;                      ///< placeholder after the flag, with the unit: `HOST:PORT`, `KIB`, `MS`
  const char* unit;                       ///< for the documentation; empty = none
  const char* reason;                     ///< what the option does, and why the default is what it is
  std::string (*initial)(const Config&);  ///< the default as text
  void (*apply)(Config&, const std::string& option, const std::string& value);  ///< throws BadOption
};

/// A value that the option does not take; what() is `--flag: must be ...`.
class BadOption : public std::runtime_error {
 public:
  BadOption(std::string_view option, std::string_view rule)
      : std::runtime_error(std::string(option) + ": " + std::string(rule)) {}
};

[[nodiscard]] std::span<const ConfigOption> config_options() noexcept;
/// `--hash-memory` is PORTCULLIS_HASH_MEMORY.
[[nodiscard]] std::string environment_name(const ConfigOption& option);
/// The defaults, including those that depend on this process: the log format is text when standard error is a terminal.
[[nodiscard]] Config default_config();
/// Sets the option from its environment variable when that is set and not empty. Throws BadOption naming the variable.
void apply_environment(Config& config, const ConfigOption& option);
/// Defaults overridden by the environment. Throws BadOption.
[[nodiscard]] Config config_from_environment();
/// Checks options that depend on each other. Throws BadOption.
void validate(const Config& config);
/// The text of docs/configuration.md.
[[nodiscard]] std::string configuration_document();

}  // namespace portcullis

#include "net/cli/program.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/password/capacity.hpp"
#include "net/api/openapi.hpp"
#include "net/cli/admin_options.hpp"
#include "net/cli/invocation.hpp"
#include "net/cli/plan.hpp"
#include "net/cli/serve.hpp"
#include "net/cli/terminal.hpp"
#include "net/cli/transfer.hpp"
#include "net/commands/store_files.hpp"
#include "net/config/options.hpp"
#include "net/wire/formats.hpp"

namespace portcullis::cli {
namespace {

constexpr std::size_t help_width = 72;  // width of the help texts, beside the column of names
constexpr std::size_t help_column = 32;

/// Breaks a sentence into lines; the formatter indents each.
std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (column > 0 && column + 1 + space > help_width) {
      out += '\n';
      column = 0;
    }
    if (column > 0) out += ' ';
    out += text.substr(0, space);
    column += space + (column > 0 ? 1 : 0);
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

/// Flags as given; the environment supplies the others, so that a flag also overrides an invalid variable.
using GivenFlags = std::vector<std::pair<const ConfigOption*, CLI::Option*>>;

void add_serve(CLI::App& program, Action& action) {
  CLI::App* const app = program.add_subcommand("serve", "Start the server");
  const auto config = std::make_shared<Config>(default_config());
  const auto flags = std::make_shared<GivenFlags>();
  for (const ConfigOption& option : config_options()) {
    const auto apply = [config, &option](const std::string& value) { option.apply(*config, option.flag, value); };
    const std::string text = wrapped(option.reason) + "\nEnvironment: " + environment_name(option);
    CLI::Option* const added = app->add_option_function<std::string>(option.flag, apply, text);
    added->type_name(option.value)->group(option.group)->default_str(option.initial(Config{}));
    flags->emplace_back(&option, added);
  }
  app->callback([&action, config, flags] {
    for (const auto& [option, flag] : *flags)
      if (flag->count() == 0) apply_environment(*config, *option);
    action = [config] {
      validate(*config);
      return serve(*config);
    };
  });
}

void add_restore(CLI::App& program, Action& action) {
  CLI::App* const app = program.add_subcommand("restore", "Put a backup into a new data folder and check it");
  const auto order = std::make_shared<commands::RestoreOrder>();
  const auto as_json = std::make_shared<bool>(false);
  app->add_option("--from", order->from, "Folder that `backup` made")->required()->type_name("DIR");
  app->add_option("--data", order->data, "New data folder; must be empty or absent")->required()->type_name("DIR");
  app->add_option("--seal-key-file", order->seal_key_file, "Sealing key to copy in, when the backup holds none")
      ->type_name("FILE");
  app->add_flag("--json", *as_json, "Answer as JSON");
  app->callback([&action, order, as_json] {
    action = [order, as_json] {
      const commands::Outcome outcome = commands::restore_store(*order, Progress("records checked"));
      const int status = report(outcome, *as_json);
      const bool without_key = outcome.ok && outcome.body.find("\"sealKey\":false") != std::string::npos;
      if (without_key)
        std::fputs("portcullis: the backup holds no sealing key; put it at seal.key in the new folder before `serve`\n",
                   stderr);
      return status;
    };
  });
}

void add_plan(CLI::App& program, Action& action) {
  CLI::App* const app =
      program.add_subcommand("plan", "Measure what this machine can hash, and what to tell `serve` for it");
  const auto order = std::make_shared<PlanOrder>();
  app->add_option("--target", order->target, "Sign-ins a second that must be possible; names the flags for them")
      ->check(CLI::PositiveNumber)
      ->type_name("RATE");
  app->add_option("--load", order->load, "Sign-ins a second that arrive, for the time an answer takes; by itself 80 %")
      ->check(CLI::PositiveNumber)
      ->type_name("RATE");
  std::vector<std::string> names;
  names.reserve(hash_presets.size());
  for (const HashPreset& preset : hash_presets) names.emplace_back(preset.name);
  app->add_option("--preset", order->preset, "The one cost to measure; by itself all")
      ->check(CLI::IsMember(names))
      ->type_name("NAME");
  app->add_option("--hash-threads", order->threads, "Threads that hash; by itself what `serve` would take")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  app->add_option("--seconds", order->seconds, "Time of measuring each cost")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str()
      ->type_name("S");
  app->add_flag("--json", order->as_json, "Answer as JSON");
  app->callback([&action, order] { action = [order] { return plan(*order); }; });
}

void add_texts(CLI::App& program, Action& action) {
  CLI::App* const openapi = program.add_subcommand("openapi", "Print the API as OpenAPI 3.1");
  openapi->callback([&action] {
    action = [] {
      print(openapi_document() + "\n");
      return 0;
    };
  });
  CLI::App* const version = program.add_subcommand("version", "Print the program's version");
  const auto as_json = std::make_shared<bool>(false);
  version->add_flag("--json", *as_json, "Answer as JSON");
  version->callback([&action, as_json] {
    action = [as_json] {
      const std::string api(wire_version);
      const std::string json = std::string(R"({"version":")") + PORTCULLIS_VERSION + R"(","api":")" + api + "\"}\n";
      const std::string text = std::string("portcullis ") + PORTCULLIS_VERSION + ", API " + api + "\n";
      print(*as_json ? json : text);
      return 0;
    };
  });
  CLI::App* const docs = program.add_subcommand("docs", "Print a document made from the program's tables")->group("");
  CLI::App* const configuration = docs->add_subcommand("configuration", "docs/configuration.md");
  docs->require_subcommand(1);
  configuration->callback([&action] {
    action = [] {
      print(configuration_document());
      return 0;
    };
  });
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App program("Portcullis: an auth server that speaks Appwrite's auth HTTP API", "portcullis");
  Action action;
  program.require_subcommand(1);
  program.get_formatter()->column_width(help_column);
  program.set_version_flag("--version", std::string("portcullis ") + PORTCULLIS_VERSION);
  try {
    add_serve(program, action);
    add_admin_commands(program, action);
    add_transfer_commands(program, action);
    add_restore(program, action);
    add_plan(program, action);
    add_texts(program, action);
    program.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return program.exit(stopped) == 0 ? 0 : 2;  // showing help is not a failure
  } catch (const BadOption& wrong) {
    std::fprintf(stderr, "portcullis: %s\n", wrong.what());
    return 2;
  }
  try {
    return action();
  } catch (const BadOption& wrong) {
    std::fprintf(stderr, "portcullis: %s\n", wrong.what());
    return 2;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "portcullis: %s\n", failed.what());
    return 1;
  }
}

}  // namespace portcullis::cli

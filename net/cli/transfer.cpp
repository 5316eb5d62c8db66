#include "net/cli/transfer.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "net/cli/user_export.hpp"
#include "net/cli/user_import.hpp"
#include "net/config/options.hpp"

namespace portcullis::cli {
namespace {

struct StoreOptions {
  std::string data, seal_key_file;
};

/// --data, --seal-key-file, --project, --json.
std::shared_ptr<StoreOptions> add_store_options(CLI::App& app, std::string& project, bool& as_json) {
  const auto store = std::make_shared<StoreOptions>();
  app.add_option("--data", store->data, "Data folder of the store")->type_name("DIR")->envname("PORTCULLIS_DATA");
  app.add_option("--seal-key-file", store->seal_key_file, "Where the sealing key lives, unless in the data folder")
      ->type_name("FILE")
      ->envname("PORTCULLIS_SEAL_KEY_FILE");
  app.add_option("--project", project, "The project")->type_name("ID")->required();
  app.add_flag("--json", as_json, "Report as JSON");
  return store;
}

Config config_of(const StoreOptions& store) {
  Config config = config_from_environment();
  if (!store.data.empty()) config.data = store.data;
  if (!store.seal_key_file.empty()) config.seal_key_file = store.seal_key_file;
  return config;
}

/// The format of --format, else of the file's name.
transfer::Format format_for(const std::string& format, const std::string& file) {
  const std::optional<transfer::Format> known =
      format.empty() ? transfer::format_of(file) : transfer::format_named(format);
  if (!known && !format.empty()) throw BadOption("--format", "must be jsonl or csv");
  if (!known) throw BadOption("--format", "is needed where the file's name ends in none of .jsonl, .ndjson and .csv");
  return *known;
}

void add_import(CLI::App& program, Action& action) {
  CLI::App* const parent = program.add_subcommand("import", "Take users from a file");
  parent->require_subcommand(1);
  CLI::App* const app = parent->add_subcommand("users", "Take users from JSON lines or CSV, hashes included");
  const auto order = std::make_shared<ImportOrder>();
  const auto format = std::make_shared<std::string>();
  const auto store = add_store_options(*app, order->project, order->as_json);
  app->add_option("file", order->file, "The file, or - for standard input")->type_name("FILE")->required();
  app->add_option("--format", *format, "jsonl or csv; by itself what the file's name ends in")->type_name("FORMAT");
  app->add_option("--rejects", order->rejects, "File for the number and the reason of every refused line")
      ->type_name("FILE");
  app->add_flag("--skip-existing", order->skip_existing, "Users who are there already are no refusals");
  app->add_flag("--dry-run", order->dry_run, "Check every line, take none");
  app->callback([&action, order, format, store] {
    action = [order, format, store] {
      order->format = format_for(*format, order->file);
      return import_users(*order, config_of(*store));
    };
  });
}

void add_export(CLI::App& program, Action& action) {
  CLI::App* const parent = program.add_subcommand("export", "Write users to a file");
  parent->require_subcommand(1);
  CLI::App* const app = parent->add_subcommand("users", "Write a project's users as JSON lines or CSV");
  const auto order = std::make_shared<ExportOrder>();
  const auto format = std::make_shared<std::string>();
  const auto store = add_store_options(*app, order->project, order->as_json);
  app->add_option("file", order->file, "A new file; - or nothing for standard output")->type_name("FILE");
  app->add_option("--format", *format, "jsonl or csv; by itself what the file's name ends in, else jsonl")
      ->type_name("FORMAT");
  app->add_flag("--with-hashes", order->with_hashes, "Password hashes, too: keep the file as secret as the store");
  app->callback([&action, order, format, store] {
    action = [order, format, store] {
      const bool to_output = order->file.empty() || order->file == "-";
      order->format = format_for(to_output && format->empty() ? "jsonl" : *format, order->file);
      return export_users(*order, config_of(*store));
    };
  });
}

}  // namespace

void add_transfer_commands(CLI::App& program, Action& action) {
  add_import(program, action);
  add_export(program, action);
}

}  // namespace portcullis::cli

#include "net/cli/admin_options.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/cli/invocation.hpp"
#include "net/cli/terminal.hpp"
#include "net/commands/command.hpp"
#include "net/config/options.hpp"

namespace portcullis::cli {
namespace {

/// The values parsed for one command.
struct Draft {
  Invocation invocation;
  std::string data, seal_key_file;
  bool asks_password = false, password_stdin = false, no_password = false;

  void set(const char* name, json::Value value) { invocation.arguments.emplace_back(name, std::move(value)); }
};

json::Value list_of(const std::string& words) {
  json::Array texts;
  for (const std::string& each : CLI::detail::split(words, ','))
    if (!each.empty()) texts.emplace_back(each);
  return json::Value(std::move(texts));
}

json::Value settings_of(const std::vector<std::string>& words) {
  json::Object pairs;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) throw BadOption(word, "must be NAME=VALUE");
    pairs.emplace_back(word.substr(0, equals), json::Value(word.substr(equals + 1)));
  }
  return json::Value(std::move(pairs));
}

std::string absolute(const std::string& folder) {
  return std::filesystem::absolute(folder).lexically_normal().string();
}

void add(CLI::App& app, const commands::CommandOption& option, const std::shared_ptr<Draft>& draft) {
  using Kind = commands::CommandOption::Kind;
  const auto put = [draft, member = option.member](json::Value value) { draft->set(member, std::move(value)); };
  CLI::Option* added = nullptr;
  switch (option.kind) {
    case Kind::text:
      added = app.add_option_function<std::string>(
          option.flags, [put](const std::string& text) { put(json::Value(text)); }, option.what);
      break;
    case Kind::number:
      added = app.add_option_function<std::int64_t>(
          option.flags, [put](const std::int64_t& number) { put(json::Value(number)); }, option.what);
      break;
    case Kind::list:
      added = app.add_option_function<std::string>(
          option.flags, [put](const std::string& text) { put(list_of(text)); }, option.what);
      break;
    case Kind::settings:
      added = app.add_option_function<std::vector<std::string>>(
          option.flags, [put](const std::vector<std::string>& words) { put(settings_of(words)); }, option.what);
      break;
    case Kind::folder:
      added = app.add_option_function<std::string>(
          option.flags, [put](const std::string& text) { put(json::Value(absolute(text))); }, option.what);
      break;
    case Kind::flag:
      app.add_flag_function(
          option.flags,
          [put](std::int64_t count) {
            if (count > 0) put(json::Value(true));
          },
          option.what);
      return;
  }
  added->type_name(option.type)->required(option.required);
}

void add_password(CLI::App& app, const commands::Command& command, const std::shared_ptr<Draft>& draft) {
  if (command.password == commands::AsksPassword::no) return;
  draft->asks_password = true;
  draft->invocation.hashes = true;
  CLI::Option* const input =
      app.add_flag("--password-stdin", draft->password_stdin, "Read the password from standard input's first line");
  if (command.password == commands::AsksPassword::unless_told_not_to)
    app.add_flag("--no-password", draft->no_password, "A user who cannot sign in by password")->excludes(input);
}

int finish(Draft& draft) {
  Config config = config_from_environment();
  if (!draft.data.empty()) config.data = draft.data;
  if (!draft.seal_key_file.empty()) config.seal_key_file = draft.seal_key_file;
  if (draft.asks_password && !draft.no_password) {
    const Secret password = ask_password(draft.password_stdin);
    draft.set("password", json::Value(std::string(password.view())));
  }
  const commands::Outcome outcome = perform(draft.invocation, std::move(config));
  json::Value spent(std::move(draft.invocation.arguments));
  json::wipe(spent);
  return report(outcome, draft.invocation.as_json);
}

void add(CLI::App& parent, const commands::Command& command, Action& action) {
  const std::string word(command.name.substr(command.name.find('.') + 1));
  CLI::App& app = *parent.add_subcommand(word, command.what);
  const auto draft = std::make_shared<Draft>();
  draft->invocation.command = command.name;
  draft->invocation.creates_store = command.creates_store;
  draft->invocation.erases = command.erases;
  app.add_option("--data", draft->data, "Data folder of the store")->type_name("DIR")->envname("PORTCULLIS_DATA");
  app.add_option("--seal-key-file", draft->seal_key_file, "Where the sealing key lives, unless in the data folder")
      ->type_name("FILE")
      ->envname("PORTCULLIS_SEAL_KEY_FILE");
  app.add_flag("--json", draft->invocation.as_json, "Answer as JSON");
  for (const commands::CommandOption& option : command.options) add(app, option, draft);
  add_password(app, command, draft);
  app.callback([&action, draft] { action = [draft] { return finish(*draft); }; });
}

}  // namespace

void add_admin_commands(CLI::App& program, Action& action) {
  for (const commands::CommandGroup& group : commands::command_groups()) {
    if (group.of_another_command) continue;
    CLI::App* parent = &program;
    if (*group.word != '\0') {
      parent = program.add_subcommand(group.word, group.what);
      parent->require_subcommand(1);
    }
    for (const commands::Command& command : group.commands) add(*parent, command, action);
  }
}

}  // namespace portcullis::cli

#include "net/cli/admin_options.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/cli/invocation.hpp"
#include "net/cli/terminal.hpp"
#include "net/config/options.hpp"

namespace portcullis::cli {
namespace {

/// What the words of one command fill in.
struct Draft {
  Invocation invocation;
  std::string data, seal_key_file;
  bool asks_password = false, password_stdin = false, no_password = false;

  void set(const char* name, json::Value value) { invocation.arguments.emplace_back(name, std::move(value)); }
};

/// One command being declared: `Options(parent, "create", "...", "key.create").text(...).text(...)`.
class Options {
 public:
  Options(CLI::App& parent, const char* word, const char* what, const char* command, Action& action)
      : app_(parent.add_subcommand(word, what)), draft_(std::make_shared<Draft>()) {
    draft_->invocation.command = command;
    app_->add_option("--data", draft_->data, "Data folder of the store")->type_name("DIR")->envname("PORTCULLIS_DATA");
    app_->add_option("--seal-key-file", draft_->seal_key_file, "Where the sealing key lives, unless in the data folder")
        ->type_name("FILE")
        ->envname("PORTCULLIS_SEAL_KEY_FILE");
    app_->add_flag("--json", draft_->invocation.as_json, "Answer as JSON");
    app_->callback([&action, draft = draft_] { action = [draft] { return finish(*draft); }; });
  }

  Options& text(const char* names, const char* member, const char* type, const char* what, bool required = false) {
    const auto take = [draft = draft_, member](const std::string& value) { draft->set(member, json::Value(value)); };
    app_->add_option_function<std::string>(names, take, what)->type_name(type)->required(required);
    return *this;
  }
  Options& project() { return text("--project", "project", "ID", "The project", true); }
  Options& user() { return text("user,--user", "user", "ID|EMAIL", "The user's id or e-mail", true); }
  Options& number(const char* name, const char* member, const char* what) {
    const auto take = [draft = draft_, member](const std::int64_t& value) { draft->set(member, json::Value(value)); };
    app_->add_option_function<std::int64_t>(name, take, what)->type_name("N");
    return *this;
  }
  Options& list(const char* name, const char* member, const char* type, const char* what) {
    const auto take = [draft = draft_, member](const std::string& value) {
      json::Array texts;
      for (const std::string& each : CLI::detail::split(value, ','))
        if (!each.empty()) texts.emplace_back(each);
      draft->set(member, json::Value(std::move(texts)));
    };
    app_->add_option_function<std::string>(name, take, what)->type_name(type)->required();
    return *this;
  }
  Options& settings(bool required) {
    const auto take = [draft = draft_](const std::vector<std::string>& words) {
      json::Object pairs;
      for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == 0 || equals == std::string::npos) throw BadOption(word, "must be NAME=VALUE");
        pairs.emplace_back(word.substr(0, equals), json::Value(word.substr(equals + 1)));
      }
      draft->set("settings", json::Value(std::move(pairs)));
    };
    app_->add_option_function<std::vector<std::string>>("settings", take, "Settings by their contract names")
        ->type_name("NAME=VALUE ...")
        ->required(required);
    return *this;
  }
  Options& password(bool may_be_none) {
    draft_->asks_password = true;
    draft_->invocation.hashes = true;
    CLI::Option* const input = app_->add_flag("--password-stdin", draft_->password_stdin,
                                              "Read the password from standard input's first line");
    if (may_be_none)
      app_->add_flag("--no-password", draft_->no_password, "A user who cannot sign in by password")->excludes(input);
    return *this;
  }
  Options& flag(const char* name, const char* member, const char* what) {
    const auto take = [draft = draft_, member](std::int64_t count) {
      if (count > 0) draft->set(member, json::Value(true));
    };
    app_->add_flag_function(name, take, what);
    return *this;
  }
  Options& folder(const char* name, const char* member, const char* what) {
    const auto take = [draft = draft_, member](const std::string& value) {
      draft->set(member, json::Value(std::filesystem::absolute(value).lexically_normal().string()));
    };
    app_->add_option_function<std::string>(name, take, what)->type_name("DIR")->required();
    return *this;
  }
  Options& erases() {
    draft_->invocation.erases = true;
    return *this;
  }
  Options& creates_store() {
    draft_->invocation.creates_store = true;
    return *this;
  }

 private:
  static int finish(Draft& draft) {
    Config config = config_from_environment();
    if (!draft.data.empty()) config.data = draft.data;
    if (!draft.seal_key_file.empty()) config.seal_key_file = draft.seal_key_file;
    if (draft.asks_password && !draft.no_password) {
      const Secret password = ask_password(draft.password_stdin);
      draft.set("password", json::Value(std::string(password.view())));
    }
    const admin::Outcome outcome = perform(draft.invocation, std::move(config));
    json::Value spent(std::move(draft.invocation.arguments));
    json::wipe(spent);
    return report(outcome, draft.invocation.as_json);
  }

  CLI::App* app_;
  std::shared_ptr<Draft> draft_;
};

CLI::App& group(CLI::App& program, const char* word, const char* what) {
  CLI::App* const app = program.add_subcommand(word, what);
  app->require_subcommand(1);
  return *app;
}

void add_project(CLI::App& program, Action& action) {
  CLI::App& parent = group(program, "project", "Create, list, set and delete projects");
  Options(parent, "create", "Create a project", "project.create", action)
      .text("--id", "project", "ID", "At most 36 of a-z, 0-9 and -, or unique()", true)
      .text("--name", "name", "TEXT", "Its name")
      .settings(false)
      .creates_store();
  [[maybe_unused]] const Options list(parent, "list", "List projects with their settings", "project.list", action);
  Options(parent, "set", "Change settings, for example maxSessions=5 passwordDictionary=true", "project.set", action)
      .project()
      .settings(true);
  Options(parent, "delete", "Delete a project with everything in it", "project.delete", action).project().erases();
}

void add_key(CLI::App& program, Action& action) {
  CLI::App& parent = group(program, "key", "Create, list, change and revoke API keys");
  Options(parent, "create", "Create a key; its secret is shown only now", "key.create", action)
      .project()
      .list("--scopes", "scopes", "all|LIST", "Scopes separated by commas, or all")
      .text("--name", "name", "TEXT", "Its name")
      .text("--id", "key", "ID", "Its id; a new one when not given")
      .text("--expire", "expire", "TIME", "When it stops working, as ISO 8601");
  Options(parent, "list", "List keys, without their secrets", "key.list", action).project();
  Options(parent, "update", "Replace what a key may do; its secret stays", "key.update", action)
      .project()
      .text("id,--id", "key", "ID", "The key's id", true)
      .text("--name", "name", "TEXT", "Its name from now on", true)
      .list("--scopes", "scopes", "all|LIST", "Scopes from now on, separated by commas, or all")
      .text("--expire", "expire", "TIME", "When it stops working, as ISO 8601; never when not given");
  Options(parent, "revoke", "Delete a key; it stops working at once", "key.revoke", action)
      .project()
      .text("id,--id", "key", "ID", "The key's id", true);
}

void add_dev_key(CLI::App& program, Action& action) {
  CLI::App& parent = group(program, "dev-key", "Create, list, change and delete keys for applications being built");
  Options(parent, "create", "Create a dev key: no rate limits, and pages of any host may call", "dev-key.create",
          action)
      .project()
      .text("--name", "name", "TEXT", "Its name", true)
      .text("--expire", "expire", "TIME", "When it stops working, as ISO 8601", true);
  Options(parent, "list", "List dev keys, without their secrets", "dev-key.list", action).project();
  Options(parent, "update", "Replace a dev key's name and end; its secret stays", "dev-key.update", action)
      .project()
      .text("id,--id", "key", "ID", "The key's id", true)
      .text("--name", "name", "TEXT", "Its name from now on", true)
      .text("--expire", "expire", "TIME", "When it stops working, as ISO 8601", true);
  Options(parent, "delete", "Delete a dev key; it stops working at once", "dev-key.delete", action)
      .project()
      .text("id,--id", "key", "ID", "The key's id", true);
}

void add_platform(CLI::App& program, Action& action) {
  CLI::App& parent = group(program, "platform", "Create, list and delete the places that applications run at");
  Options(parent, "create", "Let the pages of a host, or an application, call the project", "platform.create", action)
      .project()
      .text("--type", "type", "TYPE", "web, apple, android, windows or linux", true)
      .text("--identifier", "identifier", "HOST|TEXT",
            "Of a web platform a host name or *. and one; of others the application's own name for itself", true)
      .text("--name", "name", "TEXT", "Its name, shown to people", true)
      .text("--id", "platform", "ID", "Its id; a new one when not given");
  Options(parent, "list", "List platforms, oldest first", "platform.list", action).project();
  Options(parent, "delete", "Delete a platform; what it opened is closed at once", "platform.delete", action)
      .project()
      .text("id,--id", "platform", "ID", "The platform's id", true);
}

void add_mock_phone(CLI::App& program, Action& action) {
  CLI::App& parent =
      group(program, "mock-phone", "Create, list and delete phone numbers whose code is always the same");
  Options(parent, "create", "Create a mock phone number: no message is sent to it", "mock-phone.create", action)
      .project()
      .text("--number", "number", "NUMBER", "Phone number, for example +4930123456", true)
      .text("--otp", "otp", "CODE", "Its code, six digits", true);
  Options(parent, "list", "List mock phone numbers with their codes", "mock-phone.list", action).project();
  Options(parent, "delete", "Delete a mock phone number", "mock-phone.delete", action)
      .project()
      .text("number,--number", "number", "NUMBER", "The number", true);
}

void add_administrator(CLI::App& program, Action& action) {
  CLI::App& parent = group(program, "admin", "Create administrators, or let the first one sign up");
  Options(parent, "create", "Create an administrator; the password is asked for", "admin.create", action)
      .text("--email", "email", "EMAIL", "E-mail address to sign in with", true)
      .text("--name", "name", "TEXT", "Name")
      .password(false)
      .creates_store();
  Options(parent, "code", "Make a code for the first administrator's sign-up; the former one ends", "admin.code",
          action)
      .creates_store();
}

void add_user(CLI::App& program, Action& action) {
  CLI::App& parent = group(program, "user", "Create, list, show and change users");
  Options(parent, "create", "Create a user; the password is asked for", "user.create", action)
      .project()
      .text("--id", "user", "ID", "Its id; a new one when not given")
      .text("--email", "email", "EMAIL", "E-mail address")
      .text("--phone", "phone", "NUMBER", "Phone number, for example +4930123456")
      .text("--name", "name", "TEXT", "Name")
      .password(true);
  Options(parent, "list", "List users, oldest first", "user.list", action)
      .project()
      .number("--limit", "limit", "How many, at most 10000; 100 when not given")
      .number("--after", "after", "Continue after the `next` of the page before");
  Options(parent, "show", "Show a user with targets and sessions", "user.show", action).project().user();
  Options(parent, "set-password", "Set a password; the user's sessions end", "user.set-password", action)
      .project()
      .user()
      .password(false);
  Options(parent, "block", "Block a user", "user.block", action).project().user();
  Options(parent, "unblock", "Let a blocked user in again", "user.unblock", action).project().user();
  Options(parent, "delete", "Delete a user with everything that is theirs", "user.delete", action).project().user();
}

}  // namespace

void add_admin_commands(CLI::App& program, Action& action) {
  add_project(program, action);
  add_key(program, action);
  add_dev_key(program, action);
  add_platform(program, action);
  add_mock_phone(program, action);
  add_administrator(program, action);
  add_user(program, action);
  [[maybe_unused]] const Options check(
      program, "check", "Walk the whole store and verify every record, index and count", "check", action);
  Options(program, "backup", "Copy the store, while it is used or not", "backup", action)
      .folder("--to", "to", "Folder for the copy; must be empty or absent")
      .flag("--with-seal-key", "sealKey", "Copy the sealing key too: whoever has both can open what is sealed");
}

}  // namespace portcullis::cli

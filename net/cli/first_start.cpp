#include "net/cli/first_start.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "net/actions/signup_code.hpp"
#include "net/commands/commands.hpp"

namespace portcullis::cli {
namespace {

constexpr const char* project_id = "default";
constexpr const char* key_id = "first-key";

json::Value run_or_throw(Services& services, const char* command, json::Object arguments) {
  const commands::Outcome outcome = commands::run_now(services, command, json::Value(std::move(arguments)));
  std::optional<json::Value> answer = json::parse(outcome.body);
  if (!outcome.ok || !answer || answer->object() == nullptr)
    throw std::runtime_error(std::string("the first start failed at ") + command + ": " + outcome.body);
  return std::move(*answer);
}

/// Writes a new 0600 file and flushes it; without a secret it stays empty.
void write_secret(const std::filesystem::path& file, std::string_view secret) {
  std::string text(secret);
  if (!text.empty()) text += '\n';
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  const bool written = fd >= 0 && ::fchmod(fd, 0600) == 0 &&
                       ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const int failure = errno;
  if (fd >= 0) ::close(fd);
  wipe(text);
  if (!written) throw std::system_error(failure, std::generic_category(), file.string());
}

/// True for a store without a project besides the built-in one, also after a first start that was interrupted: the key
/// file is created empty before anything else and written last.
bool is_first(Services& services, const std::filesystem::path& key_file) {
  std::error_code absent;
  if (std::filesystem::file_size(key_file, absent) == 0 && !absent) return true;
  const auto& projects = services.projects.load()->by_id;
  return std::all_of(projects.begin(), projects.end(), [](const auto& entry) { return entry.first == "console"; });
}

json::Object key_arguments() {
  json::Object key;
  key.emplace_back("project", json::Value(std::string(project_id)));
  key.emplace_back("key", json::Value(std::string(key_id)));
  return key;
}

/// Creates the project and its key, unless they exist.
json::Value make_key(Services& services) {
  if (!services.projects.find(project_id)) {
    json::Object project;
    project.emplace_back("project", json::Value(std::string(project_id)));
    project.emplace_back("name", json::Value(std::string("Default")));
    static_cast<void>(run_or_throw(services, "project.create", std::move(project)));
  }
  for (const ApiKey& lost : services.projects.find(project_id)->keys)
    if (lost.id == key_id) static_cast<void>(run_or_throw(services, "key.revoke", key_arguments()));
  json::Object key = key_arguments();
  key.emplace_back("name", json::Value(std::string("First key")));
  json::Array scopes;
  scopes.emplace_back(std::string("all"));
  key.emplace_back("scopes", json::Value(std::move(scopes)));
  return run_or_throw(services, "key.create", std::move(key));
}

}  // namespace

std::optional<FirstStart> first_start(Services& services, bool on_terminal) {
  const std::filesystem::path file = services.config.data / "default-key";
  if (!is_first(services, file)) return std::nullopt;
  write_secret(file, {});
  json::Value made = make_key(services);
  const json::Value* const secret = json::find(*made.object(), "secret");
  if (secret == nullptr || secret->string() == nullptr) throw std::runtime_error("the first key has no secret");
  FirstStart first;
  if (on_terminal) {
    first.key = *secret->string();
    std::filesystem::remove(file);
  } else {
    first.key_file = file;
    write_secret(file, *secret->string());
  }
  json::wipe(made);
  return first;
}

std::optional<Secret> offer_signup(Services& services) {
  if (services.config.console_signup == ConsoleSignup::closed) return std::nullopt;
  json::Object keep;
  keep.emplace_back("keep", json::Value(true));
  const commands::Outcome outcome = commands::run_now(services, "admin.code", json::Value(std::move(keep)));
  std::optional<json::Value> answer = json::parse(outcome.body);
  // Refused when there are users: then nobody can be the first one any more.
  const json::Value* const code =
      outcome.ok && answer && answer->object() ? json::find(*answer->object(), "code") : nullptr;
  if (code == nullptr || code->string() == nullptr) return std::nullopt;
  std::optional<Secret> made{Secret(*code->string())};
  json::wipe(*answer);
  return made;
}

namespace {

/// Describes how to become an administrator.
std::string administrator_guide(const std::string& url, const std::optional<Secret>& code) {
  std::string out = "\nAn administrator, who signs in at the project `console` and makes projects:\n\n";
  if (code) {
    out += "  curl -X POST " + url + "/v1/account -H 'X-Appwrite-Project: console' \\\n    -H '";
    out.append(signup_code_header).append(": ").append(code->view());
    out +=
        "' -H 'Content-Type: application/json' \\\n"
        "    -d '{\"userId\":\"unique()\",\"email\":\"you@example.com\",\"password\":\"a-long-password\"}'\n"
        "\nThe code in it is shown only now and lets one person in, the first administrator.\n"
        "`portcullis admin code --data DIR` makes another. Or, without HTTP:\n\n";
  }
  return out + "  portcullis admin create --data DIR --email you@example.com\n";
}

}  // namespace

std::string guide(const std::string& url, const std::optional<FirstStart>& first, const std::optional<Secret>& code) {
  std::string out = "\nPortcullis " PORTCULLIS_VERSION " listens on " + url + "\n";
  if (first) {
    out += "\nThe store was empty, so there is a project `default` now, and an API key that may do everything in it";
    out += first->key.empty() ? ",\nin " + first->key_file.string() + "\n"
                              : ". It is shown only now:\n\n  " + first->key + "\n";
  }
  out += administrator_guide(url, code);
  out +=
      "\nSign up, sign in, and see who you are:\n\n"
      "  curl -X POST " +
      url +
      "/v1/account -H 'X-Appwrite-Project: default' \\\n"
      "    -H 'Content-Type: application/json' \\\n"
      "    -d '{\"userId\":\"unique()\",\"email\":\"ada@example.com\",\"password\":\"a-long-password\"}'\n"
      "  curl -X POST " +
      url +
      "/v1/account/sessions/email -c cookies.txt -H 'X-Appwrite-Project: default' \\\n"
      "    -H 'Content-Type: application/json' -d '{\"email\":\"ada@example.com\",\"password\":\"a-long-password\"}'\n"
      "  curl " +
      url +
      "/v1/account -b cookies.txt -H 'X-Appwrite-Project: default'\n"
      "\nThe same in a web page, with the Appwrite SDK (npm install appwrite):\n\n"
      "  import { Client, Account, ID } from 'appwrite';\n"
      "  const account = new Account(new Client().setEndpoint('" +
      url +
      "/v1').setProject('default'));\n"
      "  await account.create({ userId: ID.unique(), email: 'ada@example.com', password: 'a-long-password' });\n"
      "  await account.createEmailPasswordSession({ email: 'ada@example.com', password: 'a-long-password' });\n"
      "  console.log(await account.get());\n\n";
  return out;
}

}  // namespace portcullis::cli

#include "net/commands/commands.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "net/cli/first_start.hpp"
#include "net/cli/terminal.hpp"
#include "net/commands/control/socket.hpp"
#include "net/commands/store_files.hpp"
#include "policies/scopes.hpp"
#include "storage/api_keys.hpp"
#include "storage/open.hpp"
#include "storage/owner_lock.hpp"
#include "tests/support/app_fixture.hpp"

using namespace portcullis;
namespace fs = std::filesystem;

namespace {

/// A command's arguments as JSON text, with ' for ".
json::Value arguments(std::string text) {
  for (char& c : text)
    if (c == '\'') c = '"';
  std::optional<json::Value> value = json::parse(text);
  BOOST_REQUIRE(value);
  return std::move(*value);
}

Config quiet_config(fs::path data) {
  Config config;
  config.data = std::move(data);
  config.hash_cost = Argon2Cost{8, 1};
  config.log_level = Log::Level::off;
  return config;
}

struct Answer {
  bool ok = false;
  json::Value value;
  std::string body;

  [[nodiscard]] const json::Value& at(const char* name) const {
    static const json::Value null;
    const json::Value* const found = value.object() == nullptr ? nullptr : json::find(*value.object(), name);
    return found == nullptr ? null : *found;
  }
  [[nodiscard]] std::string text(const char* name) const {
    return at(name).string() == nullptr ? std::string() : *at(name).string();
  }
  [[nodiscard]] std::int64_t number(const char* name) const {
    return at(name).integer() == nullptr ? -1 : *at(name).integer();
  }
  [[nodiscard]] std::size_t count(const char* name) const {
    return at(name).array() == nullptr ? 0 : at(name).array()->size();
  }
};

Answer read_answer(const commands::Outcome& outcome) {
  Answer answer{outcome.ok, {}, outcome.body};
  if (std::optional<json::Value> value = json::parse(outcome.body)) answer.value = std::move(*value);
  BOOST_TEST((answer.value.object() != nullptr), outcome.body);
  return answer;
}

class AdminFixture : public test::AppFixture {
 public:
  Answer run(const char* command, const std::string& text) {
    return read_answer(commands::run_now(app().services(), command, arguments(text)));
  }
  Answer refused(const char* command, const std::string& text, const char* type) {
    Answer answer = run(command, text);
    BOOST_TEST(!answer.ok, answer.body);
    BOOST_TEST(answer.text("type") == type, answer.body);
    return answer;
  }

  test::TemporaryFolder own;
  const fs::path& folder = own.path();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_commands, AdminFixture)

BOOST_AUTO_TEST_CASE(a_created_project_is_listed_and_serves_requests) {
  const Answer made = run("project.create", "{'project':'p2','name':'Two','settings':{'maxSessions':'3'}}");
  BOOST_TEST(made.ok, made.body);
  BOOST_TEST(made.text("id") == "p2");
  BOOST_TEST(app().services().projects.find("p2")->settings().max_sessions == 3U);
  BOOST_TEST((app().services().projects.find("p2")->number() != app().services().projects.find("p1")->number()));
  const Answer listed = run("project.list", "{}");
  BOOST_TEST(listed.number("total") == 2);
  BOOST_TEST(listed.body.find("\"console\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_project_id_is_used_once_and_never_a_reserved_or_malformed_one) {
  refused("project.create", "{'project':'p1'}", "project_already_exists");
  refused("project.create", "{'project':'console'}", "usage");
  refused("project.create", "{'project':'Not An Id'}", "usage");
  refused("project.create", "{}", "usage");
  const Answer made = run("project.create", "{'project':'unique()'}");
  BOOST_TEST(made.text("id").size() == 20U);
}

BOOST_AUTO_TEST_CASE(settings_change_together_or_not_at_all) {
  const Answer changed = run("project.set", "{'project':'p1','settings':{'maxSessions':'5','anonymous':'false'}}");
  BOOST_TEST(changed.ok, changed.body);
  const auto live = [&] { return app().services().projects.find("p1")->settings(); };
  BOOST_TEST(live().max_sessions == 5U);
  BOOST_TEST(!live().anonymous);
  refused("project.set", "{'project':'p1','settings':{'maxSessions':'6','duration':'1'}}", "usage");
  const Answer unknown = refused("project.set", "{'project':'p1','settings':{'maxSession':'6'}}", "usage");
  BOOST_TEST(unknown.text("error").find("maxSessions") != std::string::npos);
  BOOST_TEST(live().max_sessions == 5U);
  refused("project.set", "{'project':'nowhere','settings':{'maxSessions':'6'}}", "project_not_found");
}

BOOST_AUTO_TEST_CASE(a_key_secret_is_shown_once_and_works_until_the_key_is_revoked) {
  const Answer made = run("key.create", "{'project':'p1','scopes':['all'],'name':'N'}");
  BOOST_TEST(made.ok, made.body);
  const std::string secret = made.text("secret");
  BOOST_TEST(secret.size() == 9U + 256);
  BOOST_TEST(secret.starts_with("standard_"));
  BOOST_TEST(secret.find_first_not_of("0123456789abcdef", 9) == std::string::npos);
  BOOST_TEST(made.count("scopes") == policies::grantable_key_scopes().size());
  const auto project = [&] { return app().services().projects.find("p1"); };
  BOOST_TEST((project()->key_by_secret(secret) != nullptr));

  const Answer listed = run("key.list", "{'project':'p1'}");
  BOOST_TEST(listed.number("total") == 1);
  BOOST_TEST(listed.body.find(secret.substr(9, 32)) == std::string::npos);
  BOOST_TEST(listed.body.find("ecret") == std::string::npos);

  restart();
  BOOST_TEST((project()->key_by_secret(secret) != nullptr));
  const std::string revoke = "{'project':'p1','key':'" + made.text("id") + "'}";
  BOOST_TEST(run("key.revoke", revoke).ok);
  BOOST_TEST((project()->key_by_secret(secret) == nullptr));
  refused("key.revoke", revoke, "key_not_found");
}

BOOST_AUTO_TEST_CASE(the_stored_secret_opens_only_under_its_own_key) {
  const Answer first = run("key.create", "{'project':'p1','scopes':[],'key':'one'}");
  const Answer second = run("key.create", "{'project':'p1','scopes':[],'key':'two'}");
  const auto project = app().services().projects.find("p1");
  const ApiKey* const one = project->key_by_secret(first.text("secret"));
  BOOST_REQUIRE((one != nullptr));
  const crypto::Sealer& sealer = app().services().sealer;
  const std::optional<Secret> opened =
      sealer.open(one->sealed_secret, storage::keys::api_key(project->number(), "one"));
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST((opened->view() == first.text("secret")));
  BOOST_TEST(!sealer.open(one->sealed_secret, storage::keys::api_key(project->number(), "two")).has_value());
  BOOST_TEST(first.text("secret") != second.text("secret"));
}

BOOST_AUTO_TEST_CASE(a_key_with_a_wrong_scope_id_or_expiry_is_refused) {
  refused("key.create", "{'project':'p1','scopes':['users.read','account']}", "usage");
  refused("key.create", "{'project':'p1','scopes':'all'}", "usage");
  refused("key.create", "{'project':'p1','scopes':[],'key':'.bad'}", "usage");
  refused("key.create", "{'project':'p1','scopes':[],'expire':'tomorrow'}", "usage");
  refused("key.create", "{'project':'nowhere','scopes':[]}", "project_not_found");
  BOOST_TEST(run("key.create", "{'project':'p1','scopes':[],'key':'taken'}").ok);
  refused("key.create", "{'project':'p1','scopes':[],'key':'taken'}", "key_already_exists");
}

BOOST_AUTO_TEST_CASE(a_created_user_signs_in_and_is_found_by_id_and_email) {
  const Answer made =
      run("user.create", "{'project':'p1','email':' Ada@Example.com','name':'Ada','password':'a-long-password'}");
  BOOST_TEST(made.ok, made.body);
  BOOST_TEST(made.text("email") == "ada@example.com");
  BOOST_TEST(sign_in("ada@example.com", "a-long-password").status() == 201);
  const Answer by_id = run("user.show", "{'project':'p1','user':'" + made.text("id") + "'}");
  const Answer by_email = run("user.show", "{'project':'p1','user':'ADA@example.com'}");
  BOOST_TEST(by_id.body == by_email.body);
  BOOST_TEST(by_id.count("sessions") == 1U);
  BOOST_TEST(by_id.count("targets") == 1U);
  BOOST_TEST(by_id.body.find("$argon2") == std::string::npos);
  refused("user.create", "{'project':'p1','email':'ada@example.com'}", "user_already_exists");
}

BOOST_AUTO_TEST_CASE(a_created_user_meets_the_rules_for_addresses_and_passwords) {
  refused("user.create", "{'project':'p1','email':'not an address'}", "usage");
  refused("user.create", "{'project':'p1','phone':'0301234'}", "usage");
  refused("user.create", "{'project':'p1','user':'_bad'}", "usage");
  refused("user.create", "{'project':'p1','email':'b@example.com','password':'short'}", "usage");
  set([](ProjectSettings& settings) {
    settings.password_dictionary = true;
    settings.personal_data_check = true;
    settings.password_strength.number = true;
  });
  refused("user.create", "{'project':'p1','email':'b@example.com','password':'no-digits-here'}", "usage");
  refused("user.create", "{'project':'p1','email':'b@example.com','password':'password1'}", "usage");
  refused("user.create", "{'project':'p1','email':'berta@example.com','password':'x-berta@example.com-1'}", "usage");
  BOOST_TEST(run("user.create", "{'project':'p1','email':'b@example.com','password':'quite-a-long-1'}").ok);
  BOOST_TEST(run("user.list", "{'project':'p1'}").number("total") == 1);
}

BOOST_AUTO_TEST_CASE(a_set_password_replaces_the_old_one_and_ends_the_sessions) {
  BOOST_TEST(sign_up("c@example.com", "first-password").status() == 201);
  const std::string session = sign_in("c@example.com", "first-password").session();
  BOOST_TEST(call(http::Method::get, "/v1/account", {}, with_session(session)).status() == 200);
  const Answer set_to =
      run("user.set-password", "{'project':'p1','user':'c@example.com','password':'second-password'}");
  BOOST_TEST(set_to.ok, set_to.body);
  BOOST_TEST(call(http::Method::get, "/v1/account", {}, with_session(session)).status() == 401);
  BOOST_TEST(sign_in("c@example.com", "first-password").status() == 401);
  BOOST_TEST(sign_in("c@example.com", "second-password").status() == 201);
}

BOOST_AUTO_TEST_CASE(a_remembered_password_is_refused) {
  set([](ProjectSettings& settings) { settings.password_history = 2; });
  BOOST_TEST(sign_up("h@example.com", "first-password").status() == 201);
  refused("user.set-password", "{'project':'p1','user':'h@example.com','password':'first-password'}",
          "password_recently_used");
  BOOST_TEST(run("user.set-password", "{'project':'p1','user':'h@example.com','password':'second-password'}").ok);
  refused("user.set-password", "{'project':'p1','user':'h@example.com','password':'first-password'}",
          "password_recently_used");
}

BOOST_AUTO_TEST_CASE(a_blocked_user_is_kept_out_until_unblocked) {
  BOOST_TEST(sign_up("d@example.com").status() == 201);
  BOOST_TEST(run("user.block", "{'project':'p1','user':'d@example.com'}").ok);
  BOOST_TEST(sign_in("d@example.com").type() == "user_blocked");
  BOOST_TEST(run("user.unblock", "{'project':'p1','user':'d@example.com'}").ok);
  BOOST_TEST(sign_in("d@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(a_deleted_user_is_gone_with_sessions_and_address) {
  BOOST_TEST(sign_up("e@example.com").status() == 201);
  BOOST_TEST(sign_in("e@example.com").status() == 201);
  BOOST_TEST(run("user.delete", "{'project':'p1','user':'e@example.com'}").ok);
  refused("user.show", "{'project':'p1','user':'e@example.com'}", "user_not_found");
  BOOST_TEST(run("user.list", "{'project':'p1'}").number("total") == 0);
  BOOST_TEST(sign_up("e@example.com").status() == 201);
  BOOST_TEST(run("check", "{}").number("problemCount") == 0);
}

BOOST_AUTO_TEST_CASE(a_list_of_users_goes_on_where_the_page_before_ended) {
  for (int i = 0; i < 70; ++i) {
    const std::string id = std::to_string(i);
    BOOST_TEST(run("user.create", "{'project':'p1','user':'u" + id + "'}").ok);
  }
  const Answer first = run("user.list", "{'project':'p1','limit':66}");
  BOOST_TEST(first.number("total") == 70);
  BOOST_TEST(first.count("users") == 66U);
  const Answer rest =
      run("user.list", "{'project':'p1','limit':66,'after':" + std::to_string(first.number("next")) + "}");
  BOOST_TEST(rest.count("users") == 4U);
  BOOST_TEST(rest.at("next").is_null());
  refused("user.list", "{'project':'p1','limit':10001}", "usage");
}

BOOST_AUTO_TEST_CASE(an_unknown_command_is_refused) { refused("project.destroy", "{}", "usage"); }

BOOST_AUTO_TEST_CASE(a_backup_of_the_running_store_restores_elsewhere_with_its_users) {
  BOOST_TEST(sign_up("f@example.com").status() == 201);
  const fs::path copy = folder / "copy";
  const Answer made = run("backup", "{'to':'" + copy.string() + "'}");
  BOOST_TEST(made.ok, made.body);
  BOOST_TEST(!fs::exists(copy / "seal.key"));
  refused("backup", "{'to':'" + copy.string() + "'}", "usage");
  refused("backup", "{'to':'relative'}", "usage");
  const fs::path whole = folder / "whole";
  BOOST_TEST(run("backup", "{'to':'" + whole.string() + "','sealKey':true}").ok);
  struct stat key {};
  BOOST_REQUIRE(::stat((whole / "seal.key").c_str(), &key) == 0);
  BOOST_TEST((key.st_mode & 0777) == 0600U);

  const auto silent = [](std::uint64_t) {};
  const commands::RestoreOrder order{whole, folder / "restored", {}};
  const Answer restored = read_answer(commands::restore_store(order, silent));
  BOOST_TEST(restored.ok, restored.body);
  BOOST_TEST(restored.number("users") == 1);
  BOOST_TEST(restored.number("problemCount") == 0);
  const Answer again = read_answer(commands::restore_store(order, silent));
  BOOST_TEST(!again.ok);
  BOOST_TEST(again.text("type") == "usage");

  const Config config = quiet_config(folder / "restored");
  App opened(config);
  BOOST_TEST((opened.services().projects.find("p1") != nullptr));
}

BOOST_AUTO_TEST_CASE(a_store_gets_no_second_sealing_key_and_no_backup_with_a_wrong_one) {
  const fs::path copy = folder / "copy";
  BOOST_TEST(run("backup", "{'to':'" + copy.string() + "'}").ok);
  const auto silent = [](std::uint64_t) {};
  BOOST_TEST(read_answer(commands::restore_store({copy, folder / "restored", {}}, silent)).ok);
  const Config config = quiet_config(folder / "restored");
  BOOST_CHECK_EXCEPTION(App{config}, std::runtime_error, [](const std::exception& said) {
    return std::string_view(said.what()).find("its sealing key") != std::string_view::npos;
  });
  BOOST_TEST(!fs::exists(folder / "restored" / "seal.key"));

  { App other(quiet_config(folder / "other")); }
  fs::copy_file(folder / "other" / "seal.key", folder / "restored" / "seal.key");
  storage::OpenOptions options;
  options.folder = folder / "restored";
  const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
  const auto why_refused = [&] {
    const Answer answer = read_answer(commands::backup_store(*engine, config, {folder / "whole", true}));
    BOOST_TEST(!answer.ok);
    BOOST_TEST(!fs::exists(folder / "whole"));
    return answer.body;
  };
  BOOST_TEST(why_refused().find("is not the key") != std::string::npos);
  fs::remove(folder / "restored" / "seal.key");
  BOOST_TEST(why_refused().find("cannot be read") != std::string::npos);
  engine->stop();
}

BOOST_AUTO_TEST_CASE(the_first_start_makes_a_project_and_a_key_file_only_its_owner_reads) {
  const Config config = quiet_config(folder / "fresh");
  App fresh(config);
  const std::optional<cli::FirstStart> first = cli::first_start(fresh.services(), false);
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST(first->key.empty());
  struct stat file {};
  BOOST_REQUIRE(::stat(first->key_file.c_str(), &file) == 0);
  BOOST_TEST((file.st_mode & 0777) == 0600U);
  std::string secret;
  std::getline(std::ifstream(first->key_file) >> std::ws, secret);
  BOOST_TEST((fresh.services().projects.find("default")->key_by_secret(secret) != nullptr));
  BOOST_TEST(!cli::first_start(fresh.services(), false).has_value());
  BOOST_TEST(cli::guide("http://127.0.0.1:8080", first, std::nullopt).find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_first_start_cut_short_is_done_again) {
  const Config config = quiet_config(folder / "fresh");
  App fresh(config);
  BOOST_REQUIRE(cli::first_start(fresh.services(), false).has_value());
  fs::resize_file(config.data / "default-key", 0);
  const std::optional<cli::FirstStart> again = cli::first_start(fresh.services(), true);
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(fresh.services().projects.find("default")->keys.size() == 1U);
  BOOST_TEST((fresh.services().projects.find("default")->key_by_secret(again->key) != nullptr));
  BOOST_TEST(!fs::exists(config.data / "default-key"));
  BOOST_TEST(!cli::first_start(fresh.services(), false).has_value());
}

BOOST_AUTO_TEST_CASE(an_answer_for_people_has_a_line_a_member_and_a_table_a_list) {
  const json::Value answer = arguments(
      "{'total':2,'users':[{'id':'u1','email':'a@b.example','status':true},{'id':'user2','email':'','status':false}]}");
  const std::string text = cli::render(*answer.object());
  BOOST_TEST(text.find("total  2\n") != std::string::npos);
  BOOST_TEST(text.find("id     email        phone  name  status  createdAt\n") != std::string::npos);
  BOOST_TEST(text.find("u1     a@b.example") != std::string::npos);
  const json::Value evil = arguments("{'name':'\\u001b[2J'}");
  BOOST_TEST(cli::render(*evil.object()).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

class ControlFixture : public AdminFixture {
 public:
  ControlFixture() : server(folder, app().services()) {}
  commands::ControlServer server;

  std::optional<Answer> ask(const char* command, const std::string& text) {
    const std::optional<commands::Outcome> outcome = commands::ask_owner(folder, command, arguments(text));
    if (!outcome) return std::nullopt;
    return read_answer(*outcome);
  }
  /// Sends raw bytes and answers what came back until the end.
  std::string send_raw(std::string_view bytes) const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = commands::control_socket_path(folder).string();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    static_cast<void>(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    ::shutdown(fd, SHUT_WR);
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(got));
    ::close(fd);
    return answer;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_socket, ControlFixture)

BOOST_AUTO_TEST_CASE(a_command_reaches_the_owner_of_the_store) {
  struct stat file {};
  BOOST_REQUIRE(::stat(commands::control_socket_path(folder).c_str(), &file) == 0);
  BOOST_TEST((file.st_mode & 0777) == 0600U);
  const std::optional<Answer> made = ask("project.create", "{'project':'p2'}");
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->ok, made->body);
  BOOST_TEST((app().services().projects.find("p2") != nullptr));
  const std::optional<Answer> again = ask("project.create", "{'project':'p2'}");
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(again->text("type") == "project_already_exists");
}

BOOST_AUTO_TEST_CASE(a_long_path_to_the_data_folder_is_no_hindrance) {
  const fs::path deep = folder / std::string(120, 'd') / std::string(120, 'e');
  fs::create_directories(deep);
  const commands::ControlServer other(deep, app().services());
  const std::optional<commands::Outcome> outcome = commands::ask_owner(deep, "project.list", arguments("{}"));
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST(outcome->ok);
}

BOOST_AUTO_TEST_CASE(nonsense_is_turned_away_and_harms_nobody) {
  using namespace std::string_view_literals;
  for (const std::string_view bytes : {""sv, "\0\0"sv, "\xff\xff\xff\xff"sv, "\0\0\0\x01x"sv, "\0\0\0\x08"sv,
                                       "\0\0\0\x02{}"sv, "\0\0\0\x04nope"sv, "\0\0\0\x10GET / HTTP/1.1\r\n"sv})
    BOOST_TEST(send_raw(bytes).empty());
  BOOST_TEST(ask("project.list", "{}").has_value());
}

BOOST_AUTO_TEST_CASE(a_stopped_owner_leaves_no_socket_and_a_dead_one_is_replaced) {
  server.stop();
  BOOST_TEST(!fs::exists(commands::control_socket_path(folder)));
  BOOST_TEST(!ask("project.list", "{}").has_value());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  commands::control_socket_path(folder).string().copy(address.sun_path, sizeof address.sun_path - 1);
  BOOST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
  BOOST_TEST(!ask("project.list", "{}").has_value());
  const commands::ControlServer next(folder, app().services());
  BOOST_TEST(ask("project.list", "{}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

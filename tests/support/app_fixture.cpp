#include "tests/support/app_fixture.hpp"

#include <stdexcept>

#include "core/crypto/digest.hpp"
#include "net/actions/commit.hpp"
#include "net/changes/identities.hpp"
#include "net/changes/keys.hpp"
#include "net/changes/projects.hpp"
#include "storage/api_keys.hpp"
#include "storage/identities.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {

std::string Reply::text(std::string_view name) const {
  const json::Object* object = body.object();
  const json::Value* value = object ? json::find(*object, name) : nullptr;
  return value && value->string() ? *value->string() : std::string();
}

std::string Reply::session() const {
  const std::optional<json::Value> cookies = json::parse(response.header("X-Fallback-Cookies"));
  const json::Object* object = cookies ? cookies->object() : nullptr;
  const json::Value* value = object ? json::find(*object, "a_session_p1") : nullptr;
  return value && value->string() ? *value->string() : std::string();
}

AppFixture::AppFixture(void (*configure)(Config&), storage::FaultHooks faults) : faults_(std::move(faults)) {
  config_.data = folder_.path();
  config_.hash_cost = Argon2Cost{8, 1};
  config_.hash_threads = 1;
  config_.log_level = Log::Level::off;
  if (configure) configure(config_);
  open();
  ProjectSettings settings;
  settings.name = "One";
  Services& services = app_->services();
  Project made = changes::new_project("p1", settings, clock.now(), services.sealer, services.random);
  auto make = [made] { return changes::create_project(made); };
  if (!run(commit<Project>(app_->engine(), std::move(make)))) throw std::runtime_error("no project");
}

void AppFixture::open() {
  AppOverrides overrides;
  overrides.clock = &clock;
  overrides.faults = faults_;
  app_ = std::make_unique<App>(config_, overrides);
}

void AppFixture::restart() {
  app_.reset();
  open();
}

Reply AppFixture::call(http::Method method, std::string target, std::string json, Headers headers) {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  request.peer = boost::asio::ip::make_address(peer);
  request.headers.emplace_back("Host", "localhost");
  request.headers.emplace_back("X-Appwrite-Project", "p1");
  if (!json.empty()) request.headers.emplace_back("Content-Type", "application/json");
  for (auto& [name, value] : headers) request.headers.emplace_back(name, value);
  request.body = std::move(json);
  Reply reply;
  http::Exchange exchange;
  exchange.gone = gone;
  reply.response = run(app_->handle(request, std::move(exchange)));
  if (std::optional<json::Value> body = json::parse(reply.response.body)) reply.body = std::move(*body);
  return reply;
}

Reply AppFixture::sign_up(std::string_view email, std::string_view password) {
  std::string body = R"j({"userId":"unique()","email":")j";
  body.append(email).append(R"(","password":")").append(password).append(R"(","name":"Ada"})");
  return call(http::Method::post, "/v1/account", std::move(body));
}

Reply AppFixture::sign_in(std::string_view email, std::string_view password) {
  std::string body = R"({"email":")";
  body.append(email).append(R"(","password":")").append(password).append("\"}");
  return call(http::Method::post, "/v1/account/sessions/email", std::move(body));
}

void AppFixture::set(void (*edit)(ProjectSettings&)) {
  auto make = [now = clock.now(), edit] {
    auto apply = [edit](ProjectSettings& settings) -> result<void> {
      edit(settings);
      return {};
    };
    return changes::update_project("p1", now, std::move(apply));
  };
  if (!run(commit<Project>(app_->engine(), std::move(make)))) throw std::runtime_error("setting refused");
}

std::string AppFixture::make_key(std::vector<std::string> scopes) {
  Services& services = app_->services();
  const ProjectNo project = services.projects.find("p1")->number();
  const std::string secret = "standard_" + services.random.hex(128);
  ApiKey key;
  key.id = unique_id(clock.now(), services.random);
  key.created_at = key.updated_at = clock.now();
  key.name = "test";
  key.scopes = std::move(scopes);
  key.sealed_secret = services.sealer.seal(secret, storage::keys::api_key(project, key.id));
  key.secret_hash = crypto::sha256(secret);
  auto make = [project, key] { return changes::create_key(project, "p1", key); };
  if (!run(commit<ApiKey>(app_->engine(), std::move(make)))) throw std::runtime_error("key refused");
  return secret;
}

std::string AppFixture::add_identity(const std::string& user_id, const std::string& provider, const std::string& uid,
                                     const std::string& email) {
  Services& services = app_->services();
  const ProjectNo project = services.projects.find("p1")->number();
  Identity made;
  made.id = unique_id(clock.now(), services.random);
  made.created_at = made.updated_at = clock.now();
  made.user_id = user_id;
  made.provider = provider;
  made.provider_uid = uid;
  made.provider_email = email;
  const std::string row = storage::keys::identity(project, user_id, made.id);
  made.sealed_access_token = services.sealer.seal("access of " + uid, row);
  made.sealed_refresh_token = services.sealer.seal("refresh of " + uid, row);
  auto make = [project, made] { return changes::create_identity(project, made); };
  if (!run(commit<Identity>(app_->engine(), std::move(make)))) throw std::runtime_error("identity refused");
  return made.id;
}

}  // namespace portcullis::test

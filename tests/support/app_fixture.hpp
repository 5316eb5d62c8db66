#pragma once
// The whole product without a socket for tests: an App on a real store in a temporary folder, a clock that tests move,
// and a client that keeps cookies only when told to. One thread.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/value.hpp"
#include "net/app.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temporary_folder.hpp"

namespace portcullis::test {

struct Reply {
  http::Response response;
  json::Value body;

  [[nodiscard]] int status() const { return response.status; }
  /// The text of a member, or empty.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::string type() const { return text("type"); }
  /// The session text of the fallback header, or empty.
  [[nodiscard]] std::string session() const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class AppFixture {
 public:
  /// `configure` may change the configuration before the app is made.
  explicit AppFixture(void (*configure)(Config&) = nullptr, storage::FaultHooks faults = {});

  /// One request in project `p1`; `json` empty = no body.
  Reply call(http::Method method, std::string target, std::string json = {}, Headers headers = {});
  Reply sign_up(std::string_view email, std::string_view password = "password-1");
  Reply sign_in(std::string_view email, std::string_view password = "password-1");
  /// Headers of a client that is signed in with this session text.
  [[nodiscard]] static Headers with_session(const std::string& session) { return {{"X-Appwrite-Session", session}}; }
  /// Changes a setting of `p1`.
  void set(void (*edit)(ProjectSettings&));
  /// An API key of `p1` with these scopes; its secret.
  std::string make_key(std::vector<std::string> scopes);
  /// An identity of that user, as a sign-in through the provider would store it; its id.
  std::string add_identity(const std::string& user_id, const std::string& provider, const std::string& uid,
                           const std::string& email);
  /// Stops the app and opens the same store again.
  void restart();

  ManualClock clock{ManualClock::SteadyTime::runs};  ///< hashes take the time that they take
  std::string peer = "203.0.113.9";
  std::shared_ptr<std::atomic<bool>> gone;  ///< what a connection tells of its client; null: nothing

 private:
  void open();
  TemporaryFolder folder_;
  Config config_;
  storage::FaultHooks faults_;
  std::unique_ptr<App> app_;

 public:
  [[nodiscard]] App& app() { return *app_; }
};

}  // namespace portcullis::test

// Does time or any byte of the answer tell which e-mails have an account? Classes of refused sign-ins and of refused
// password changes are sent over one kept connection in random order. Welch's t between each class and `wrong
// password`, of the times below a common percentile (as dudect does), must stay under 4.5. As a control, each run
// plants a difference, which must be found: one class waits in the client between the start of its time and the sending
// of its request. When hashes of several costs are stored, all users together are compared with unknown e-mails, and
// the difference is the time of the users of one cost.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/support.hpp"

namespace portcullis::bench {
namespace {

using Instant = std::chrono::steady_clock;

constexpr std::size_t accounts = 16;  // of each class, so that none is more often in a cache than another
constexpr double most_t = 4.5;        // dudect's; without a difference, exceeded once in 150,000 runs
constexpr double kept_share = 0.8;    // the slowest times say more about the machine than about the server
constexpr std::size_t warm_up = 100;
constexpr std::string_view project_header = "X-Appwrite-Project: default\r\n";
constexpr std::string_view right_password = "correct horse battery";
constexpr std::string_view wrong_password = "correct horse bakery!";
constexpr std::string_view nearly_right_password = "correct horse batterz";

/// What one run measures and plants.
struct Plan {
  std::vector<std::string> cost;  ///< the server's flags
  std::size_t samples = 0;        ///< of each class
  double planted_us = 0;
};

/// Requests that must be indistinguishable from those of the group's first class.
struct Class {
  std::string name;
  std::vector<std::string> requests;  ///< sent in turn
  double planted_us = 0;              ///< planted difference: the class must be distinguishable
  bool same_answer = true;            ///< false: the answers may differ; the time is only printed
  bool differs = false;               ///< must be distinguishable without a planted difference
  std::vector<double> times{};        ///< microseconds
  std::size_t next = 0;               ///< index into requests, modulo their number

  [[nodiscard]] bool must_be_told() const { return planted_us > 0 || differs; }
};

/// One kept connection with one request at a time.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("enumeration: the server does not answer");
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Microseconds from before the sending (including a wait of `delay_us`) to the last byte of the answer.
  double time(const std::string& request, double delay_us) {
    answer_.clear();
    const auto from = Instant::now();
    while (delay_us > 0 && micros_since(from) < delay_us) {
    }
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      throw std::runtime_error("enumeration: a request was not taken");
    while (!is_whole()) {
      const ssize_t got = ::recv(fd_, chunk_.data(), chunk_.size(), 0);
      if (got <= 0) throw std::runtime_error("enumeration: the connection ended");
      answer_.append(chunk_.data(), static_cast<std::size_t>(got));
    }
    return micros_since(from);
  }
  /// All of the last answer except the line with the date.
  [[nodiscard]] std::string comparable_answer() const {
    const std::size_t from = answer_.find("\r\nDate: ");
    if (from == std::string::npos) return answer_;
    std::string out = answer_;
    return out.erase(from, answer_.find("\r\n", from + 2) - from);
  }

 private:
  static double micros_since(Instant::time_point from) {
    return std::chrono::duration<double, std::micro>(Instant::now() - from).count();
  }
  [[nodiscard]] bool is_whole() const {
    const std::size_t head = answer_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::size_t at = answer_.find("Content-Length: ");
    const std::size_t body = at < head ? std::strtoull(answer_.c_str() + at + 16, nullptr, 10) : 0;
    return answer_.size() >= head + 4 + body;
  }

  int fd_;
  std::string answer_;
  std::array<char, 16384> chunk_{};
};

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size() - 1);
}

double welch_t(const std::vector<double>& a, const std::vector<double>& b) {
  const double mean_a = mean_of(a), mean_b = mean_of(b);
  const double spread =
      variance_of(a, mean_a) / static_cast<double>(a.size()) + variance_of(b, mean_b) / static_cast<double>(b.size());
  return spread > 0 ? (mean_a - mean_b) / std::sqrt(spread) : 0;
}

std::vector<double> below(const std::vector<double>& values, double limit) {
  std::vector<double> out;
  for (const double value : values)
    if (value < limit) out.push_back(value);
  return out;
}

/// The time below which `kept_share` of both classes together lie: a common limit, so that cropping favours neither.
double common_limit(const Class& a, const Class& b) {
  std::vector<double> all = a.times;
  all.insert(all.end(), b.times.begin(), b.times.end());
  const auto at = all.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(all.size()) * kept_share);
  std::nth_element(all.begin(), at, all.end());
  return *at;
}

/// Adds `samples` times to every class; false when an answer differs from those of its group.
bool measure(Client& client, std::vector<Class>& classes, std::size_t samples, std::mt19937_64& dice) {
  (void)client.time(classes.front().requests.front(), 0);
  const std::string expected = client.comparable_answer();
  std::vector<std::size_t> order(classes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t round = 0; round < samples + warm_up; ++round) {
    std::shuffle(order.begin(), order.end(), dice);
    for (const std::size_t index : order) {
      Class& one = classes[index];
      const double micros = client.time(one.requests[one.next++ % one.requests.size()], one.planted_us);
      if (round >= warm_up) one.times.push_back(micros);
      if (!one.same_answer || client.comparable_answer() == expected) continue;
      std::printf("the answer to `%s` differs:\n%s\ninstead of\n%s\n", one.name.c_str(),
                  client.comparable_answer().c_str(), expected.c_str());
      return false;
    }
  }
  return true;
}

/// Welch's t of the cropped times of one class and the base.
struct Difference {
  double means_us = 0;
  double t = 0;
  [[nodiscard]] bool is_told() const { return std::abs(t) >= most_t; }
};

Difference difference(const Class& one, const Class& base) {
  const double limit = common_limit(one, base);
  const std::vector<double> ours = below(one.times, limit), theirs = below(base.times, limit);
  return {mean_of(ours) - mean_of(theirs), welch_t(ours, theirs)};
}

/// Does the round find what was planted? One that does not was disturbed by other processes, and is discarded.
bool is_quiet(const std::vector<Class>& classes) {
  return std::all_of(classes.begin(), classes.end(), [&](const Class& one) {
    return !one.must_be_told() || difference(one, classes.front()).is_told();
  });
}

void add(std::vector<Class>& sum, const std::vector<Class>& round) {
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i].times.insert(sum[i].times.end(), round[i].times.begin(), round[i].times.end());
}

/// Prints each class against the first; true when all that must be indistinguishable are, and the planted difference is
/// found.
bool compare(const std::string& title, const std::vector<Class>& classes) {
  bool fine = true;
  const Class& base = classes.front();
  for (std::size_t i = 1; i < classes.size(); ++i) {
    const Class& one = classes[i];
    const Difference found = difference(one, base);
    const bool as_wanted = !one.same_answer || found.is_told() == one.must_be_told();
    fine = fine && as_wanted;
    std::printf("%-15s %-26s : %s  medians %8.1f : %8.1f us  means %+8.2f us  t %+8.2f  %s\n", title.c_str(),
                one.name.c_str(), base.name.c_str(), median(one.times), median(base.times), found.means_us, found.t,
                !one.same_answer ? "(the answer differs)"
                : as_wanted      ? "as wanted"
                                 : "NOT AS WANTED");
  }
  std::fflush(stdout);
  return fine;
}

std::string email_of(std::string_view kind, std::size_t number) {
  return std::string(kind) + std::to_string(100 + number) + "@example.test";
}

std::string sign_in_text(std::string_view kind, std::size_t number, std::string_view password) {
  return request_text("POST", "/v1/account/sessions/email", project_header,
                      R"({"email":")" + email_of(kind, number) + R"(","password":")" + std::string(password) + "\"}");
}

std::vector<std::string> sign_ins(std::string_view kind, std::string_view password) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < accounts; ++i) texts.push_back(sign_in_text(kind, i, password));
  return texts;
}

/// A user to import by the users service: end of the path, hash and other parameters.
struct Imported {
  std::string_view kind, hash, more;
};
constexpr std::array imports{
    Imported{"md5", "144fa7eaa4904e8ee120651997f70dcc", ""},
    Imported{"bcrypt", "$2a$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", ""},
    Imported{"phpass", "$P$Cr387rwferoKN7uwHZqNMu98q3U8RO.", ""},
    Imported{"argon2", "$argon2id$v=19$m=512,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA", ""},
    Imported{
        "scrypt", "3fdef49701bc4cfaacd551fe017283513284b4731e6945c263246ef948d3cf63",
        R"(,"passwordSalt":"salt","passwordCpu":256,"passwordMemory":8,"passwordParallel":1,"passwordLength":32)"}};

/// A running server; its accounts are made afterwards.
class Site {
 public:
  Site(const Options& options, const Plan& plan)
      : program_(options.program), server_(command(options, plan), folder_.path() / "server.log") {
    if (!wait_listening(port_, std::chrono::seconds(10))) throw std::runtime_error("enumeration: no server");
  }
  /// Accounts of every class of refusal, all with a hash of the configured cost.
  void add_accounts() const {
    for (std::size_t i = 0; i < accounts; ++i) {
      sign_up("known", i);
      sign_up("block", i);
      administer("block --user " + email_of("block", i));
      administer("create --no-password --email " + email_of("empty", i));
    }
  }
  /// As many accounts with each imported kind of hash as with our own.
  void add_mixed_accounts() const {
    const std::string headers = std::string(project_header) + "X-Appwrite-Key: " + default_key() + "\r\n";
    for (std::size_t i = 0; i < accounts; ++i) {
      sign_up("known", i);
      for (const Imported& each : imports) {
        const std::string body = R"j({"userId":"unique()","email":")j" + email_of(each.kind, i) + R"(","password":")" +
                                 std::string(each.hash) + "\"" + std::string(each.more) + "}";
        const Reply made = fetch(port_, request_text("POST", "/v1/users/" + std::string(each.kind), headers, body));
        if (made.status != 201)
          throw std::runtime_error("enumeration: no import of " + std::string(each.kind) + ": " + made.body);
      }
    }
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Session cookies of the known accounts.
  [[nodiscard]] std::vector<std::string> sessions() const {
    std::vector<std::string> cookies;
    for (std::size_t i = 0; i < accounts; ++i) {
      const std::string head = fetch(port_, sign_in_text("known", i, right_password)).head;
      const std::size_t at = head.find("a_session_default=");
      if (at == std::string::npos) throw std::runtime_error("enumeration: no session");
      cookies.push_back(head.substr(at, head.find(';', at) - at));
    }
    return cookies;
  }

 private:
  /// The key made by the first start; the server may listen before the file exists.
  [[nodiscard]] std::string default_key() const {
    std::string key;
    for (int tries = 0; tries < 1000 && key.empty(); ++tries) {
      if (tries > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      std::ifstream(folder_.path() / "data" / "default-key") >> key;
    }
    if (key.empty()) throw std::runtime_error("enumeration: no default key");
    return key;
  }
  [[nodiscard]] std::string data() const { return (folder_.path() / "data").string(); }
  [[nodiscard]] std::vector<std::string> command(const Options& options, const Plan& plan) const {
    std::vector<std::string> words{options.program,  "serve", "--listen",      "127.0.0.1:" + std::to_string(port_),
                                   "--data",         data(),  "--rate-limits", "off",
                                   "--hash-threads", "1"};
    words.insert(words.end(), plan.cost.begin(), plan.cost.end());
    return words;
  }
  void sign_up(std::string_view kind, std::size_t number) const {
    const std::string body = R"j({"userId":"unique()","email":")j" + email_of(kind, number) + R"j(","password":")j" +
                             std::string(right_password) + R"j(","name":"Bench"})j";
    if (fetch(port_, request_text("POST", "/v1/account", project_header, body)).status != 201)
      throw std::runtime_error("enumeration: no sign-up");
  }
  void administer(const std::string& words) const {
    const std::size_t verb = words.find(' ');
    const std::string line = "'" + program_ + "' user " + words.substr(0, verb) + " --data '" + data() +
                             "' --project default" + words.substr(verb) + " >/dev/null";
    if (std::system(line.c_str()) != 0) throw std::runtime_error("enumeration: failed: " + line);
  }

  TempFolder folder_;
  std::uint16_t port_ = free_port();
  std::string program_;
  Child server_;
};

std::vector<Class> sign_in_classes(const Plan& plan) {
  return {{"wrong password", sign_ins("known", wrong_password)},
          {"unknown e-mail", sign_ins("ghost", wrong_password)},
          {"account without password", sign_ins("empty", wrong_password)},
          {"blocked, wrong password", sign_ins("block", wrong_password)},
          {"blocked, right password", sign_ins("block", right_password), 0, false},
          {"planted", sign_ins("known", wrong_password), plan.planted_us}};
}

/// Each unknown e-mail is used only once, so that the class of its decoy is drawn again each time.
std::vector<Class> mixed_classes(const Plan& plan, unsigned rounds) {
  std::vector<std::string> existing, unknown;
  for (std::size_t i = 0; i < accounts; ++i) {
    existing.push_back(sign_in_text("known", i, wrong_password));
    for (const Imported& each : imports) existing.push_back(sign_in_text(each.kind, i, wrong_password));
  }
  for (std::size_t i = 0; i < rounds * (plan.samples + warm_up); ++i)
    unknown.push_back(sign_in_text("ghost", i, wrong_password));
  return {{"all, wrong password", std::move(existing)},
          {"unknown e-mail", std::move(unknown)},
          {.name = "ours alone", .requests = sign_ins("known", wrong_password), .differs = true}};
}

std::vector<Class> password_change_classes(const Site& site, const Plan& plan) {
  const std::vector<std::string> cookies = site.sessions();
  const auto changes = [&cookies](std::string_view old_password) {
    std::vector<std::string> texts;
    for (const std::string& cookie : cookies)
      texts.push_back(
          request_text("PATCH", "/v1/account/password", std::string(project_header) + "Cookie: " + cookie + "\r\n",
                       R"({"password":"another horse 42","oldPassword":")" + std::string(old_password) + "\"}"));
    return texts;
  };
  return {{"wrong password", changes(wrong_password)},
          {"right but for its end", changes(nearly_right_password)},
          {"empty", changes("")},
          {"planted", changes(wrong_password), plan.planted_us}};
}

/// Measures more while the verdict is not the wanted one, and judges all samples of undisturbed rounds together: random
/// differences shrink with more samples, real ones become clearer.
bool is_fine(const std::string& title, Client& client, std::vector<Class> classes, const Plan& plan, unsigned rounds) {
  std::mt19937_64 dice(std::random_device{}());
  std::vector<Class> sum = classes;
  for (unsigned round = 0; round < rounds; ++round) {
    for (Class& one : classes) one.times.clear();
    if (!measure(client, classes, plan.samples, dice)) return false;
    if (!is_quiet(classes)) {
      std::printf("%-15s what is there was not seen: this round is dropped\n", title.c_str());
      continue;
    }
    add(sum, classes);
    if (compare(title, sum)) return true;
  }
  return false;
}

bool run_plan(const Options& options, const Plan& plan) {
  const Site site(options, plan);
  site.add_accounts();
  Client client(site.port());
  const bool sign_ins_alike = is_fine("sign-in", client, sign_in_classes(plan), plan, options.rounds);
  const bool changes_alike =
      is_fine("password change", client, password_change_classes(site, plan), plan, options.rounds);
  return sign_ins_alike && changes_alike;
}

/// Users with hashes of different costs.
bool run_mixed_plan(const Options& options, const Plan& plan) {
  const Site site(options, plan);
  site.add_mixed_accounts();
  Client client(site.port());
  return is_fine("mixed hashes", client, mixed_classes(plan, options.rounds), plan, options.rounds);
}

}  // namespace

bool enumeration(const Options& options) {
  const Plan plan{{"--hash-memory", "8", "--hash-passes", "1"}, options.samples, 50};
  const bool usual = run_plan(options, plan);
  const bool mixed = run_mixed_plan(options, plan);
  return usual && mixed;
}

bool enumeration_real(const Options& options) {
  constexpr std::size_t most_samples = 500;  // 20 to 40 ms each
  return run_plan(options, Plan{{}, std::min<std::size_t>(options.samples, most_samples), 1000});
}

}  // namespace portcullis::bench

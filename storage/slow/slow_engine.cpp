#include "storage/slow/slow_engine.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <utility>

namespace portcullis::storage {
namespace {

bool equal(const Edits& a, const Edits& b) {
  const auto same_put = [](const Put& x, const Put& y) { return x.key == y.key && x.value == y.value; };
  return a.erase == b.erase && std::equal(a.put.begin(), a.put.end(), b.put.begin(), b.put.end(), same_put);
}

bool equal(const result<Edits>& a, const result<Edits>& b) {
  if (a.has_value() != b.has_value()) return false;
  return a ? equal(*a, *b) : a.error().code == b.error().code;
}

/// Runs twice, as an engine that meets conflicts would; throws when the answers differ.
class Repeated {
 public:
  explicit Repeated(std::function<result<Edits>(const View&)> decide) : decide_(std::move(decide)) {}
  result<Edits> operator()(const View& view) {
    const result<Edits> first = decide_(view);
    result<Edits> second = decide_(view);
    if (!equal(first, second)) throw std::logic_error("a change decided differently when it ran again");
    return second;
  }

 private:
  std::function<result<Edits>(const View&)> decide_;
};

std::size_t identity(const Reads& reads) {
  std::string text;
  const auto add = [&text](const std::string& part) { text.append(std::to_string(part.size())).append(part); };
  for (const std::string& key : reads.keys) add(key);
  for (const Range& range : reads.ranges) {
    add(range.first);
    add(range.last);
  }
  return std::hash<std::string>{}(text);
}

class SlowEngine final : public Engine {
 public:
  SlowEngine(std::unique_ptr<Engine> inner, SlowOptions options)
      : inner_(std::move(inner)), options_(options), state_(options.seed) {}

  awaitable<result<Rows>> read(Reads reads) override {
    co_await travel();
    co_return co_await inner_->read(std::move(reads));
  }

  awaitable<result<void>> visit(Reads reads, Visit visit) override {
    co_await travel();
    co_return co_await inner_->visit(std::move(reads), std::move(visit));
  }

  result<Rows> read_now(const Reads& reads) override {
    std::this_thread::sleep_for(options_.trip);
    return inner_->read_now(reads);
  }

  awaitable<result<void>> submit(EngineChange change) override {
    co_await travel();
    if (conflicts(identity(change.reads))) co_return errc::again;
    Repeated repeated(std::move(change.decide));
    change.decide = std::move(repeated);
    co_return co_await inner_->submit(std::move(change));
  }

  void on_projects_changed(ProjectsHook hook) override { inner_->on_projects_changed(std::move(hook)); }
  result<void> inspect(const std::function<void(Snapshot&)>& visit) override { return inner_->inspect(visit); }
  const Revisions* revisions() const noexcept override { return inner_->revisions(); }
  void stop() override { inner_->stop(); }
  result<void> backup(const std::string& folder) override { return inner_->backup(folder); }
  Stats stats() const override { return inner_->stats(); }

 private:
  awaitable<void> travel() {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, options_.trip);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  /// Not soon again for the same reads, so that all who change the same rows at once and try again get through.
  bool conflicts(std::size_t change) {
    const std::lock_guard lock(mutex_);
    const auto owed = refused_.find(change);
    if (owed != refused_.end()) {
      if (--owed->second == 0) refused_.erase(owed);
      return false;
    }
    if (next_random() % 100 >= options_.conflict_percent) return false;
    refused_[change] = passes_after_conflict;
    return true;
  }

  /// splitmix64: repeatable from the seed.
  std::uint64_t next_random() noexcept {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
  }

  static constexpr std::uint32_t passes_after_conflict = 32;
  std::unique_ptr<Engine> inner_;
  SlowOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::size_t, std::uint32_t> refused_;  ///< how often such a change passes now
  std::uint64_t state_;
};

}  // namespace

std::unique_ptr<Engine> make_slow(std::unique_ptr<Engine> inner, SlowOptions options) {
  return std::make_unique<SlowEngine>(std::move(inner), options);
}

}  // namespace portcullis::storage

#include "net/api/lists/lists.hpp"

#include <algorithm>
#include <utility>

#include "net/api/lists/short_lists.hpp"
#include "storage/query/scan.hpp"

namespace portcullis {
namespace {

namespace query = storage::query;

constexpr std::size_t records_a_step = 32;
constexpr std::size_t few_records = 64;  // a reactor reads and writes that many itself
/// Lists that hold less need no room, so that long ones keep nobody from the usual page.
constexpr std::size_t small_list = std::size_t{64} << 10;
constexpr std::size_t budget_step = std::size_t{64} << 10;

/// First the scan, then the page's records, some a step.
class ListJob {
 public:
  ListJob(storage::Engine& engine, List list, query::Wanted wanted, std::shared_ptr<BudgetShare> share)
      : list_(std::move(list)), share_(std::move(share)), scan_(engine, *list_.source, std::move(wanted)) {}

  result<bool> step() {
    const result<bool> done = advance();
    if (done && !fits_budget()) return busy(1);
    return done;
  }
  [[nodiscard]] std::string take() { return std::move(body_); }

 private:
  result<bool> advance() {
    if (!scanned_) {
      const result<bool> done = scan_.step();
      if (!done) return done.error();
      scanned_ = *done;
      if (scanned_) begin();
      return false;
    }
    const std::span<const query::Ref> left = std::span(scan_.page()).subspan(written_);
    const std::span<const query::Ref> now = left.first(std::min(left.size(), records_a_step));
    std::string records;
    const result<void> wrote = now.empty() ? result<void>{} : list_.write(now, records);
    if (!wrote) return wrote.error();
    if (!records.empty() && !first_) body_.push_back(',');
    first_ = first_ && records.empty();
    body_.append(records);
    written_ += now.size();
    if (body_.size() > largest_page) return page_too_large;
    if (written_ < scan_.page().size()) return false;
    body_.append("]}");
    return true;
  }
  [[nodiscard]] bool fits_budget() {
    const std::size_t held = scan_.bytes() + body_.size();
    const std::size_t due = held <= small_list ? 0 : (held / budget_step + 1) * budget_step;
    share_->shrink(due);
    return share_->grow(due);
  }

  void begin() {
    body_.append("{\"total\":").append(std::to_string(scan_.total())).append(",\"");
    body_.append(list_.member).append("\":[");
  }

  List list_;
  std::shared_ptr<BudgetShare> share_;
  query::Scan scan_;
  std::string body_;
  std::size_t written_ = 0;
  bool scanned_ = false;
  bool first_ = true;
};

}  // namespace

std::uint64_t list_seed(Random& random) {
  std::uint64_t seed = 0;
  for (const char c : random.bytes(sizeof seed)) seed = seed << 8 | static_cast<std::uint8_t>(c);
  return seed;
}

InputsOf<ListInput> short_list_inputs() {
  return inputs<ListInput>({optional("queries", rules::queries, &ListInput::queries),
                            optional("total", rules::loose_boolean, &ListInput::total)});
}

InputsOf<ListInput> list_inputs() {
  return inputs<ListInput>({optional("queries", rules::queries, &ListInput::queries),
                            optional("search", rules::search, &ListInput::search),
                            optional("total", rules::loose_boolean, &ListInput::total)});
}

awaitable<result<Answer>> answer_list(Services& svc, const Call& call, const ListInput& input, List list) {
  query::Wanted wanted;
  result<query::Query> asked = query::read(input.queries, list.source->attributes());
  if (!asked) co_return asked.error();
  if (asked->random) wanted.seed = list_seed(svc.random);
  wanted.query = std::move(*asked);
  wanted.search = input.search;
  wanted.total = input.total;
  wanted.fallback = list.page;
  const auto share = std::make_shared<BudgetShare>(svc.scans.budget());
  const auto job = std::make_shared<ListJob>(svc.store.engine(), std::move(list), std::move(wanted), share);
  ScanThread::Step step = [job, gone = call.gone]() -> result<bool> {
    if (gone && gone->load(std::memory_order_relaxed)) return errc::server_busy;  // nobody reads the answer
    return job->step();
  };
  const result<void> done = co_await svc.scans.run(call.project(), std::move(step));
  if (!done) co_return done.error();
  Answer answer;
  answer.body = job->take();
  answer.held = share;
  co_return answer;
}

awaitable<result<Answer>> answer_whole(Services& svc, const Call& call, std::size_t records,
                                       std::function<result<std::string>()> write) {
  const auto made = std::make_shared<result<std::string>>(std::string());
  if (records <= few_records) {
    *made = write();
  } else {
    ScanThread::Step step = [made, write = std::move(write)]() -> result<bool> {
      *made = write();
      return true;
    };
    const result<void> done = co_await svc.scans.run(call.project(), std::move(step));
    if (!done) co_return done.error();
  }
  if (!*made) co_return made->error();
  if ((*made)->size() > largest_page) co_return page_too_large;
  Answer answer;
  answer.body = std::move(**made);
  co_return answer;
}

}  // namespace portcullis

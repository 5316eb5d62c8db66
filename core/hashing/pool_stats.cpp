#include "core/hashing/pool_stats.hpp"

namespace portcullis {

std::string_view name(HashRefusal reason) noexcept {
  switch (reason) {
    case HashRefusal::queue_full:
      return "queue_full";
    case HashRefusal::account_full:
      return "account_full";
    case HashRefusal::predicted_late:
      return "predicted_late";
    case HashRefusal::late:
      return "late";
    case HashRefusal::client_gone:
      return "client_gone";
    case HashRefusal::stopping:
      return "stopping";
  }
  return "";
}

void HashCounters::joined(const CostClass& cost, std::size_t hashes, Duration predicted_wait) {
  in_flight_[cost] += static_cast<std::uint32_t>(hashes);
  predicted_.add(micros(predicted_wait));
}

void HashCounters::left(const CostClass& cost) {
  const auto flying = in_flight_.find(cost);
  if (--flying->second == 0) in_flight_.erase(flying);
}

HashPoolStats HashCounters::read() const {
  HashPoolStats stats;
  stats.in_flight.assign(in_flight_.begin(), in_flight_.end());
  stats.refusals = refusals_;
  stats.predicted_wait = predicted_.read();
  stats.wait = wait_.read();
  stats.service = service_.read();
  return stats;
}

}  // namespace portcullis

#include "core/handful.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace portcullis {
namespace {

/// Who is to be notified. More than a few different ones are notified at once.
struct Owed {
  bool within = false;
  std::array<std::condition_variable*, 4> sleepers{};
  std::size_t count = 0;
};

Owed& owed() noexcept {
  thread_local Owed here;
  return here;
}

}  // namespace

void notify_after_handful(std::condition_variable& sleeper) noexcept {
  Owed& here = owed();
  if (!here.within) return sleeper.notify_one();
  const auto end = here.sleepers.begin() + static_cast<std::ptrdiff_t>(here.count);
  if (std::find(here.sleepers.begin(), end, &sleeper) != end) return;
  if (here.count == here.sleepers.size()) return sleeper.notify_one();
  here.sleepers[here.count++] = &sleeper;
}

Handful::Handful() noexcept : outermost_(!owed().within) { owed().within = true; }

Handful::~Handful() {
  if (!outermost_) return;
  Owed& here = owed();
  here.within = false;
  for (std::size_t i = 0; i < here.count; ++i) here.sleepers[i]->notify_one();
  here.count = 0;
}

}  // namespace portcullis

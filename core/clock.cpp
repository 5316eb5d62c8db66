#include "core/clock.hpp"

namespace portcullis {

Time SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
Steady SystemClock::steady() const { return std::chrono::steady_clock::now(); }

}  // namespace portcullis

#include "core/scheduling.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace portcullis {
namespace {

/// The first version of the kernel's struct sched_attr, which glibc 2.36 does not declare.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48);

constexpr std::uint64_t shortest_slice_ns = 100'000;  // the kernel raises smaller values to this

/// Empty when the kernel has more processors than the set can hold.
cpu_set_t usable() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) CPU_ZERO(&set);
  return set;
}

}  // namespace

void ask_for_short_slices() noexcept {
  SchedulingAttributes attributes;
  attributes.nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
  attributes.runtime = shortest_slice_ns;
  static_cast<void>(::syscall(SYS_sched_setattr, 0, &attributes, 0));
}

void give_way(int by) noexcept {
  const auto thread = static_cast<id_t>(::gettid());  // on Linux the call affects this one thread
  static_cast<void>(::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + by));
}

std::chrono::nanoseconds processor_time() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

ProcessorDemand::~ProcessorDemand() {
  if (file_ >= 0) ::close(file_);
}

std::chrono::nanoseconds ProcessorDemand::total() noexcept {
  if (!std::exchange(opened_, true)) file_ = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  std::array<char, 96> text{};  // time on a processor, time waited for one (ns), number of time slices
  const ssize_t size = file_ >= 0 ? ::pread(file_, text.data(), text.size(), 0) : 0;
  const char* const begin = text.data();
  const char* const end = begin + std::max<ssize_t>(size, 0);
  const char* const blank = std::find(begin, end, ' ');
  std::int64_t waited_ns = 0;
  if (blank != end) std::from_chars(blank + 1, end, waited_ns);
  return processor_time() + std::chrono::nanoseconds(waited_ns);
}

unsigned usable_processors() noexcept {
  const cpu_set_t set = usable();
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

std::vector<unsigned> processor_numbers() {
  const cpu_set_t set = usable();
  std::vector<unsigned> numbers;
  for (unsigned each = 0; each < CPU_SETSIZE; ++each) {
    if (CPU_ISSET(each, &set)) numbers.push_back(each);
  }
  return numbers;
}

std::optional<unsigned> keep_to_processor(std::size_t number) {
  const std::vector<unsigned> numbers = processor_numbers();
  if (number >= numbers.size()) return std::nullopt;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(numbers[number], &one);
  if (::sched_setaffinity(0, sizeof one, &one) != 0) return std::nullopt;
  return numbers[number];
}

}  // namespace portcullis

#include "core/hashing/arena.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace portcullis {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;
constexpr std::size_t small_page = 4096;

}  // namespace

HashMemory::HashMemory(std::size_t size) : size_(size) {
  const std::size_t alignment = size >= huge_page ? huge_page : small_page;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  mapped_ = rounded + alignment;
  mapping_ = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping_ == MAP_FAILED) throw std::bad_alloc();
  const std::size_t beyond = reinterpret_cast<std::uintptr_t>(mapping_) % alignment;
  data_ = static_cast<char*>(mapping_) + (beyond == 0 ? 0 : alignment - beyond);
  // Both calls are advice: where the kernel ignores it, hashing is slower or a core dump larger, but results stay
  // right.
  if (alignment == huge_page) ::madvise(data_, size_, MADV_HUGEPAGE);
  ::madvise(mapping_, mapped_, MADV_DONTDUMP);
}

HashMemory::HashMemory(HashMemory&& other) noexcept { *this = std::move(other); }

HashMemory& HashMemory::operator=(HashMemory&& other) noexcept {
  std::swap(mapping_, other.mapping_);
  std::swap(mapped_, other.mapped_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

HashMemory::~HashMemory() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
}

void HashMemory::populate() noexcept {
  if (data_ != nullptr) std::memset(data_, 0, size_);
}

std::error_code HashMemory::lock() noexcept {
  if (data_ == nullptr || ::mlock(data_, size_) == 0) return {};
  return {errno, std::system_category()};
}

}  // namespace portcullis

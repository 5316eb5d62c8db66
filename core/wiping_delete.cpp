// Every heap block is wiped when it is freed: requests, answers, parsed parameters and coroutine frames carry secrets
// in many kinds of texts, and a core dump or a later over-read must not find old ones. Long-lived secrets are wiped by
// their owners, too (secret.hpp). Sanitizers replace these operators by their own.

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PORTCULLIS_FOREIGN_HEAP
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PORTCULLIS_FOREIGN_HEAP
#endif

#ifndef PORTCULLIS_FOREIGN_HEAP

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

/// As the standard requires of operator new: the new-handler may free memory; without one the allocation fails.
template <class Allocate>
void* allocated(Allocate allocate) {
  for (;;) {
    if (void* const block = allocate()) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

/// For a large block the kernel takes back the pages and maps zeros when they are touched again. Wiping a block that
/// was hardly used, such as the JSON parser's for a long text, would make all of it resident. False where the kernel
/// cannot (locked memory).
bool drop_pages(void* block, std::size_t size) noexcept {
  constexpr std::size_t large = 256 * 1024;
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (size < large) return false;
  char* const bytes = static_cast<char*>(block);
  const std::size_t head = (page - reinterpret_cast<std::uintptr_t>(block) % page) % page;
  const std::size_t middle = (size - head) / page * page;
  if (::madvise(bytes + head, middle, MADV_DONTNEED) != 0) return false;
  std::memset(bytes, 0, head);
  std::memset(bytes + head + middle, 0, size - head - middle);
  return true;
}

void wipe_and_free(void* block, std::size_t size) noexcept {
  if (!drop_pages(block, size)) std::memset(block, 0, size);
  asm volatile("" : : "r"(block) : "memory");  // a barrier: the compiler must assume that the zeros are read
  std::free(block);                            // NOLINT(cppcoreguidelines-no-malloc)
}

void wipe_and_free(void* block) noexcept {
  if (block != nullptr) wipe_and_free(block, malloc_usable_size(block));
}

}  // namespace

// Weak, because tests that count allocations define their own.
// NOLINTBEGIN(cppcoreguidelines-no-malloc,misc-new-delete-overloads)
[[gnu::weak]] void* operator new(std::size_t size) {
  return allocated([size] { return std::malloc(std::max<std::size_t>(size, 1)); });
}
[[gnu::weak]] void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto to = static_cast<std::size_t>(alignment);
  const std::size_t whole = (std::max<std::size_t>(size, 1) + to - 1) / to * to;
  return allocated([to, whole, size] { return whole < size ? nullptr : std::aligned_alloc(to, whole); });
}
[[gnu::weak]] void operator delete(void* block) noexcept { wipe_and_free(block); }
[[gnu::weak]] void operator delete(void* block, std::size_t size) noexcept {
  if (block != nullptr) wipe_and_free(block, size);
}
[[gnu::weak]] void operator delete(void* block, std::align_val_t) noexcept { wipe_and_free(block); }
[[gnu::weak]] void operator delete(void* block, std::size_t, std::align_val_t) noexcept { wipe_and_free(block); }
// NOLINTEND(cppcoreguidelines-no-malloc,misc-new-delete-overloads)

#endif

#pragma once
// Sessions checked a moment ago, kept as the decoded rows of their users: the next check of the same session text reads
// and decodes nothing, and holds only while no row of that user has changed (storage/revisions.hpp), so a revoked
// session or a blocked user is refused by the first request after the change was answered. Never a secret: texts are
// known by a SipHash-2-4-128 tag under a random key. Any thread; the tag picks the shard, so a session is kept once
// wherever its connections live, and there are so many that a lock is hardly ever waited for.

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/random.hpp"
#include "storage/revisions.hpp"
#include "storage/store.hpp"

namespace portcullis {

class SessionCache {
 public:
  /// 0 `sessions`, or no `revisions` to hold them against, keeps none. `shards`: at most so many.
  SessionCache(std::size_t sessions, std::size_t shards, const storage::Revisions* revisions, Random& random);

  /// What a session text is known by.
  struct Tag {
    ProjectNo project{};
    std::array<std::uint64_t, 2> hash{};
    /// In time that does not depend on the hashes.
    friend bool operator==(const Tag& a, const Tag& b) noexcept {
      return a.project == b.project && ((a.hash[0] ^ b.hash[0]) | (a.hash[1] ^ b.hash[1])) == 0;
    }
  };
  [[nodiscard]] Tag tag(ProjectNo project, std::string_view text) const noexcept;

  /// The user's rows at some moment: take it before they are read.
  struct Moment {
    storage::Revisions::Slot slot = 0;
    std::uint64_t count = 0;
  };
  [[nodiscard]] Moment now(ProjectNo project, std::string_view user_id) const;

  /// The profile put under that tag, its session in it; null when there is none or a row has changed since.
  [[nodiscard]] std::shared_ptr<const storage::Profile> find(const Tag& tag);
  /// Remembers a profile whose session the text has proved. Large ones are not kept.
  void put(const Tag& tag, const Moment& read_after, std::shared_ptr<const storage::Profile> profile);

  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };
  [[nodiscard]] Counts counts() const;

  [[nodiscard]] bool on() const noexcept { return !shards_.empty(); }

 private:
  struct Entry {
    Tag tag;
    Moment moment;
    std::uint64_t used = 0;
    std::shared_ptr<const storage::Profile> profile;
  };
  struct Shard {
    std::mutex mutex;
    std::uint64_t tick = 0;
    Counts counts;
    std::vector<Entry> entries;
  };
  static constexpr std::size_t ways = 4;

  [[nodiscard]] Shard& shard_of(const Tag& tag) noexcept { return *shards_[tag.hash[1] % shards_.size()]; }
  [[nodiscard]] static Entry* set_of(Shard& shard, const Tag& tag) noexcept;

  std::array<std::uint8_t, 16> key_{};
  const storage::Revisions* revisions_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace portcullis

#pragma once
// Recently checked sessions as the decoded rows of their users: the next check of the same session text reads and
// decodes nothing. An entry is valid only while no row of that user has changed (storage/revisions.hpp), so a revoked
// session or a blocked user is refused by the first request after the change was answered. Holds no secret: texts are
// identified by a SipHash-2-4-128 tag under a random key. Any thread. The tag selects the shard, so a session is kept
// once whatever reactor its connections are on, and there are enough shards that a lock is rarely contended.

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
  /// With `sessions` 0, or without `revisions` to validate entries, it keeps none. `shards`: the most to make.
  SessionCache(std::size_t sessions, std::size_t shards, const storage::Revisions* revisions, Random& random);

  /// Identifies a session text.
  struct Tag {
    ProjectNo project{};
    std::array<std::uint64_t, 2> hash{};
    /// Takes time that does not depend on the hashes.
    friend bool operator==(const Tag& a, const Tag& b) noexcept {
      return a.project == b.project && ((a.hash[0] ^ b.hash[0]) | (a.hash[1] ^ b.hash[1])) == 0;
    }
  };
  [[nodiscard]] Tag tag(ProjectNo project, std::string_view text) const noexcept;

  /// The revision of the user's rows; to be taken before they are read.
  struct Moment {
    storage::Revisions::Slot slot = 0;
    std::uint64_t count = 0;
  };
  [[nodiscard]] Moment now(ProjectNo project, std::string_view user_id) const;

  /// The profile stored under that tag, its session in it; null when there is none or a row has changed since.
  [[nodiscard]] std::shared_ptr<const storage::Profile> find(const Tag& tag);
  /// Stores a profile whose session was proved by the text. Large ones are not kept.
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

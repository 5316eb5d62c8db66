#pragma once
// The identities of a project as a list: what may be asked of them, and the indexes that answer. Source:
// docs/contract/users.md 9.

#include "core/identity.hpp"
#include "core/ids.hpp"
#include "storage/query/source.hpp"

namespace portcullis::storage::query {

/// The identities, each at its ref's place; empty where there is none any more. Errors: those of the engine.
[[nodiscard]] result<std::vector<std::optional<Identity>>> identities(Engine& engine, ProjectNo p,
                                                                      std::span<const Ref> refs);

/// Without a search.
class Identities final : public Source {
 public:
  explicit Identities(ProjectNo project) : p_(project) {}
  [[nodiscard]] std::span<const Attribute> attributes() const noexcept override;
  [[nodiscard]] std::optional<Index> index(std::size_t attribute) const override;
  [[nodiscard]] std::string floor(std::size_t attribute, const Operand& value) const override;
  [[nodiscard]] std::string ceiling(std::size_t attribute, const Operand& value) const override;
  [[nodiscard]] std::string entry(std::size_t attribute, const Item& item) const override;
  [[nodiscard]] std::string group(std::size_t attribute, const Operand& value) const override;
  [[nodiscard]] std::string word_group(std::string_view word) const override;
  [[nodiscard]] std::string word_of(std::string_view key) const override;
  [[nodiscard]] result<Ref> ref(const Row& row) const override;
  [[nodiscard]] Range extent(const Row& row) const override;
  [[nodiscard]] result<std::vector<std::unique_ptr<Item>>> load(Engine& engine,
                                                                std::span<const Ref> refs) const override;
  [[nodiscard]] std::string searched(const Item& item) const override;
  [[nodiscard]] std::size_t sequence_attribute() const noexcept override;
  [[nodiscard]] result<std::uint64_t> count(Engine& engine) const override;

 private:
  ProjectNo p_;
};

}  // namespace portcullis::storage::query

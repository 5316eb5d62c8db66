#pragma once
// How long a password check takes on this machine, by a measurement of some milliseconds: what an import may cost is
// bounded by that, and the hash pool's first predictions come from it. Pure but for measure(); any thread.

#include <chrono>

#include "core/hashing/pool.hpp"
#include "core/password/argon2.hpp"

namespace portcullis {

/// Nanoseconds of a processor for a unit of each algorithm's work. As it stands: those of a slow machine.
struct CheckSpeed {
  double argon2_kib_pass = 600;
  double bcrypt_round = 120000;  ///< of 2^cost
  double phpass_round = 500;
  double scrypt_block = 500;  ///< of N * r * p

  /// Only classes whose own work is their cost: Argon2, bcrypt, PHPass and the two scrypts.
  [[nodiscard]] std::chrono::nanoseconds of(const CostClass& cost) const noexcept;

  /// By the processor's time, so that other processes count little. Throws std::bad_alloc without a megabyte of memory.
  [[nodiscard]] static CheckSpeed measure(argon2::Kernel kernel);
};

}  // namespace portcullis

#pragma once
// How long a password check takes on this machine, measured in some milliseconds. It bounds the cost of imported
// hashes, and gives the hash pool its first predictions. Pure but for measure(); any thread.

#include <chrono>

#include "core/hashing/pool.hpp"
#include "core/password/argon2.hpp"

namespace portcullis {

/// Nanoseconds of processor time for a unit of each algorithm's work. The defaults are those of a slow machine.
struct CheckSpeed {
  double argon2_kib_pass = 600;
  double bcrypt_round = 120000;  ///< of 2^cost
  double phpass_round = 500;
  double scrypt_block = 500;  ///< of N * r * p

  /// Only for classes whose cost is their work: Argon2, bcrypt, PHPass and the two scrypts.
  [[nodiscard]] std::chrono::nanoseconds of(const CostClass& cost) const noexcept;

  /// Measured in processor time, so that other processes disturb little. Throws std::bad_alloc without a megabyte of
  /// memory.
  [[nodiscard]] static CheckSpeed measure(argon2::Kernel kernel);
};

}  // namespace portcullis

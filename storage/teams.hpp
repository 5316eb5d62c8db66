#pragma once
// The rows of a membership: its own among its user's and the entry under its team. Every change of a membership goes
// through here, so that they never part. Pure; any thread.

#include "core/ids.hpp"
#include "core/team.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

/// Both rows; the team's total is the caller's.
void put_membership(Edits& edits, ProjectNo p, const Membership& membership);
/// Takes away what put_membership puts.
void erase_membership(Edits& edits, ProjectNo p, const Membership& membership);

}  // namespace portcullis::storage

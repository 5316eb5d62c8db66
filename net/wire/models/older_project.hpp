#pragma once
// The fields that a project has only in response formats before 1.9.5: its switches and policies under other names, and
// its platforms, keys and mock phone numbers. Source: docs/contract/project.md 8. Pure; any thread.

#include "net/wire/models/projects.hpp"

namespace portcullis::models {

/// Writes into an open object.
void write_older_fields(json::Writer& out, const ProjectView& view, const Viewer& viewer);

}  // namespace portcullis::models

#pragma once
// The fields that a project has in response formats before 1.9.5 only: its switches and policies by names of their own,
// with its platforms, keys and mock phone numbers. Source: docs/contract/project.md 8. Pure; any thread.

#include "net/wire/models/projects.hpp"

namespace portcullis::models {

/// Into an object that is open.
void write_older_fields(json::Writer& out, const ProjectView& view, const Viewer& viewer);

}  // namespace portcullis::models

#pragma once
// Answers and errors as HTTP responses: the one error body, the session cookies, the headers every response carries.
// Source: docs/contract/account.md 1.4, 1.5, 1.7, 2. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "net/pipeline/call.hpp"

namespace portcullis {

/// `Server`, `X-Content-Type-Options` and the CORS lists, the same on every response of the API.
[[nodiscard]] std::string_view common_lines() noexcept;
/// The error body and its no-cache lines.
[[nodiscard]] http::Response error_response(const ErrorDescription& described);
/// Puts the answer's status, body and session cookies into `response`, whose lines stay.
void write_answer(http::Response& response, Answer answer, const Call& call);
/// Puts the error's status, body and lines into `response`, whose lines stay.
void write_error(http::Response& response, const error& e);

}  // namespace portcullis

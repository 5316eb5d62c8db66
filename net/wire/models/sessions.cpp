#include "net/wire/models/sessions.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr std::uint32_t v1_5_0 = format_number(1, 5, 0);
constexpr std::size_t usual_body = 1000;  // bytes; the allocator's quickest blocks end at 1 KiB

template <std::string ClientInfo::*Member>
void put_client(W& w, const SessionView& s, V) {
  w.string(s.session.client.*Member);
}

constexpr Field<SessionView> session_fields[] = {
    {"$id", text, [](W& w, const SessionView& s, V) { w.plain_string(s.session.id); }},
    {"$createdAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.created_at); }},
    {"$updatedAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.updated_at); }},
    {"userId", text, [](W& w, const SessionView& s, V) { w.plain_string(s.session.user_id); }},
    {"expire", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.expires_at); }},
    {"provider", text, [](W& w, const SessionView& s, V) { w.plain_string(s.session.provider); }},
    {"providerUid", text, [](W& w, const SessionView& s, V) { w.string(s.session.provider_uid); }},
    {"providerAccessToken", text, [](W& w, const SessionView&, V) { w.string(""); }},
    {"providerAccessTokenExpiry", date, [](W& w, const SessionView&, V) { w.string(""); }},
    {"providerRefreshToken", text, [](W& w, const SessionView&, V) { w.string(""); }},
    {"ip", text, [](W& w, const SessionView& s, V) { w.string(s.session.ip); }},
    {"osCode", text, put_client<&ClientInfo::os_code>},
    {"osName", text, put_client<&ClientInfo::os_name>},
    {"osVersion", text, put_client<&ClientInfo::os_version>},
    {"clientType", text, put_client<&ClientInfo::client_type>},
    {"clientCode", text, put_client<&ClientInfo::client_code>},
    {"clientName", text, put_client<&ClientInfo::client_name>},
    {"clientVersion", text, put_client<&ClientInfo::client_version>},
    {"clientEngine", text, put_client<&ClientInfo::client_engine>},
    {"clientEngineVersion", text, put_client<&ClientInfo::client_engine_version>},
    {"deviceName", text, put_client<&ClientInfo::device_name>},
    {"deviceBrand", text, put_client<&ClientInfo::device_brand>},
    {"deviceModel", text, put_client<&ClientInfo::device_model>},
    {"countryCode", text, [](W& w, const SessionView& s, V) { w.string(s.session.country_code); }},
    {"countryName", text, [](W& w, const SessionView& s, V) { w.string(s.country_name); }},
    {"current", boolean, [](W& w, const SessionView& s, V) { w.boolean(s.current); }},
    {"factors", texts, [](W& w, const SessionView& s, V) { put_texts(w, s.session.factors); }, v1_5_0},
    {"secret", text, [](W& w, const SessionView& s, V) { w.string(s.secret); }, v1_5_0, Sees::privileged},
    {"mfaUpdatedAt", date, [](W& w, const SessionView& s, V) { put_date(w, s.session.mfa_updated_at); }},
};

}  // namespace

std::string_view country_name(std::string_view code) { return code == "--" || code.empty() ? "Unknown" : code; }

std::string session(const SessionView& view, const Viewer& viewer) {
  std::string out;
  out.reserve(usual_body);
  W writer(out);
  write<session_fields>(writer, view, viewer);
  return out;
}

std::string session_list(const std::vector<Session>& sessions, std::size_t total, std::string_view current_id,
                         const Viewer& viewer) {
  return list_of("sessions", sessions, total, [&](W& w, const Session& each) {
    const SessionView view{each, each.id == current_id, country_name(each.country_code), {}};
    write<session_fields>(w, view, viewer);
  });
}

std::vector<Shape> session_shapes() {
  return {
      shape<SessionView>("Session", session_fields),
      Shape{"SessionList",
            {{"total", integer}, {"sessions", R"({"type":"array","items":{"$ref":"#/components/schemas/Session"}})"}}}};
}

}  // namespace portcullis::models

#include "net/api/openapi.hpp"

#include <map>

#include "core/json/writer.hpp"
#include "net/api/routes.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis {
namespace {

using W = json::Writer;

/// `/a/:b` as `/a/{b}`.
std::string template_path(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != ':') {
      out += path[i];
      continue;
    }
    const std::size_t end = std::min(path.find('/', i), path.size());
    out.append("{").append(path.substr(i + 1, end - i - 1)).append("}");
    i = end - 1;
  }
  return out;
}

bool in_path(std::string_view path, std::string_view name) {
  return (std::string(path) + "/").find("/:" + std::string(name) + "/") != std::string::npos;
}

std::string method_name(http::Method method) {
  std::string name(http::to_text(method));
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

void write_parameter(W& w, const Param& param, std::string_view where) {
  w.begin_object();
  w.field("name", std::string_view(param.name));
  w.field("in", where);
  w.field("required", where == "path" || param.required);
  w.field("description", "must be " + std::string(param.words));
  w.key("schema");
  w.raw(param.schema);
  w.end_object();
}

/// In the paths of the project service it names the project of the request, as the header does elsewhere.
void write_project_parameter(W& w) {
  w.begin_object();
  w.field("name", "projectId");
  w.field("in", "path");
  w.field("required", true);
  w.field("description", "must be the id of a project");
  w.key("schema");
  w.raw(R"({"type":"string"})");
  w.end_object();
}

void write_body(W& w, const Route& route, std::string_view path) {
  w.key("requestBody");
  w.begin_object();
  w.key("content");
  w.begin_object();
  w.key("application/json");
  w.begin_object();
  w.key("schema");
  w.begin_object();
  w.field("type", "object");
  w.key("properties");
  w.begin_object();
  for (const Param& param : route.handler.inputs.params)
    if (!in_path(path, param.name)) w.key(param.name), w.raw(param.schema);
  w.end_object();
  w.key("required");
  w.begin_array();
  for (const Param& param : route.handler.inputs.params)
    if (param.required && !in_path(path, param.name)) w.string(param.name);
  w.end_array();
  w.end_object();
  w.end_object();
  w.end_object();
  w.end_object();
}

void write_responses(W& w, const Route& route) {
  w.key("responses");
  w.begin_object();
  w.key(std::to_string(route.answers.status));
  w.begin_object();
  w.field("description", "Success");
  if (!route.answers.model.empty()) {
    w.key("content");
    w.begin_object();
    w.key("application/json");
    w.begin_object();
    w.key("schema");
    w.begin_object();
    w.field("$ref", "#/components/schemas/" + std::string(route.answers.model));
    w.end_object();
    w.end_object();
    w.end_object();
  }
  w.end_object();
  w.key("default");
  w.begin_object();
  w.field("description", "Any error");
  w.key("content");
  w.raw(R"({"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}})");
  w.end_object();
  w.end_object();
}

void write_rate(W& w, const RateRule& rate) {
  w.key("x-rate-limit");
  w.begin_object();
  w.field("limit", std::int64_t{rate.rule.limit});
  w.field("window", std::int64_t{rate.rule.window_s});
  w.key("keys");
  w.begin_array();
  for (const std::string_view key : rate.keys) w.string(key);
  w.end_array();
  w.field("resetOnSuccess", rate.reset_on_created);
  w.end_object();
}

/// The route's name on its own path; on an alias it says so, and which one of several.
std::string operation_id(const Route& route, std::string_view path) {
  std::string id(route.name);
  for (std::size_t i = 0; i < route.aliases.size(); ++i)
    if (route.aliases[i] == path) id += i == 0 ? "Alias" : "Alias" + std::to_string(i + 1);
  return id;
}

void write_operation(W& w, const Route& route, std::string_view path) {
  const bool alias = path != route.path;
  w.begin_object();
  w.field("operationId", operation_id(route, path));
  if (alias) w.field("deprecated", true);
  if (alias) w.field("x-alias-of", template_path(route.path));
  const bool has_body = route.method == http::Method::post || route.method == http::Method::put ||
                        route.method == http::Method::patch || route.method == http::Method::del;
  w.key("parameters");
  w.begin_array();
  bool body_params = false;
  if (route.service == Service::project && in_path(path, "projectId")) write_project_parameter(w);
  for (const Param& param : route.handler.inputs.params) {
    if (in_path(path, param.name))
      write_parameter(w, param, "path");
    else if (!has_body)
      write_parameter(w, param, "query");
    else
      body_params = true;
  }
  w.end_array();
  if (body_params) write_body(w, route, path);
  w.key("x-scopes");
  w.begin_array();
  for (const std::string_view scope : route.scopes) w.string(scope);
  w.end_array();
  if (route.rate) write_rate(w, *route.rate);
  write_responses(w, route);
  w.end_object();
}

void write_schemas(W& w) {
  w.key("components");
  w.begin_object();
  w.key("schemas");
  w.begin_object();
  for (const models::Shape& shape : models::shapes()) {
    w.key(shape.name);
    w.begin_object();
    w.field("type", "object");
    w.key("properties");
    w.begin_object();
    for (const auto& [name, schema] : shape.fields) w.key(name), w.raw(schema);
    w.end_object();
    w.end_object();
  }
  w.end_object();
  w.end_object();
}

}  // namespace

std::string openapi_document() {
  std::map<std::string, std::vector<std::pair<const Route*, std::string_view>>> by_path;
  for (const Route& route : api::routes()) {
    by_path[template_path(route.path)].emplace_back(&route, route.path);
    for (const std::string_view alias : route.aliases) by_path[template_path(alias)].emplace_back(&route, alias);
  }
  std::string out;
  W w(out);
  w.begin_object();
  w.field("openapi", "3.1.0");
  w.key("info");
  w.begin_object();
  w.field("title", "Portcullis");
  w.field("version", wire_version);
  w.end_object();
  w.key("paths");
  w.begin_object();
  for (const auto& [path, of_path] : by_path) {
    w.key(path);
    w.begin_object();
    for (const auto& [route, as] : of_path) {
      w.key(method_name(route->method));
      write_operation(w, *route, as);
    }
    w.end_object();
  }
  w.end_object();
  write_schemas(w);
  w.end_object();
  return out;
}

}  // namespace portcullis

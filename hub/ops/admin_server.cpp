#include "hub/ops/admin_server.hpp"

#include <utility>

#include "hub/ops/exposition.hpp"
#include "hub/ops/log_lines.hpp"
#include "hub/ops/version.hpp"

namespace tocsin::ops {

namespace {

constexpr char kJson[] = "application/json";

net::TextReply no_such_page() {
    return {.status = 404, .body = "There are /healthz, /readyz and /metrics.\n"};
}

}  // namespace

net::TextReply health_reply() {
    std::string body = R"({"alive":true,"version":)";
    append_json_text(body, kVersion);
    return {.status = 200, .content_type = kJson, .body = body + "}\n"};
}

net::TextReply readiness_reply(const Readiness& readiness) {
    if (readiness.ready) {
        return {.status = 200, .content_type = kJson, .body = "{\"ready\":true}\n"};
    }
    std::string body = R"({"ready":false,"reason":)";
    append_json_text(body, readiness.reason);
    return {.status = 503, .content_type = kJson, .body = body + "}\n"};
}

AdminServer::AdminServer(boost::asio::io_context& context, Sources sources)
    : sources_(std::move(sources)),
      server_(context, [this](const std::string& path, net::TextServer::Answer answer) {
          if (path == "/healthz") {
              answer(health_reply());
          } else if (path == "/readyz") {
              answer(readiness_reply(sources_.readiness()));
          } else if (path == "/metrics") {
              sources_.metrics([answer = std::move(answer)](std::string text) mutable {
                  answer({.status = 200,
                          .content_type = std::string(Exposition::kContentType),
                          .body = std::move(text)});
              });
          } else {
              answer(no_such_page());
          }
      }) {}

}  // namespace tocsin::ops

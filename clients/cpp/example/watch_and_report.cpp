// Reports what it is given and watches, until the report comes back as an incident.
//
//   watch_and_report http://127.0.0.1:8080 "$(cat var/demo/volunteer-1.token)" "smoke behind
//   building 3"

#include <chrono>
#include <iostream>
#include <string>

#include "tocsin/client.hpp"

namespace {

namespace wire = tocsin::v1;
using namespace std::chrono_literals;

int watch_and_report(const std::string& url, const std::string& token, const std::string& text) {
    tocsin::client::Client client({.url = url, .token = token});
    client.subscribe({.no_snapshot = true});

    wire::Command command;
    auto& report = *command.mutable_submit_report();
    report.set_kind(wire::REPORT_KIND_SIGHTING);
    report.set_text(text);
    client.submit(command);

    const auto deadline = std::chrono::steady_clock::now() + 15s;
    std::string offset;
    while (const auto happening = client.next(deadline)) {
        if (const auto* stored = std::get_if<tocsin::client::Stored>(&*happening)) {
            offset = stored->receipt.offset();
            std::cout << "stored at " << offset << '\n';
        } else if (const auto* heard = std::get_if<tocsin::client::Heard>(&*happening)) {
            if (!heard->entry.has_event()) {
                continue;
            }
            const auto& event = heard->entry.event();
            std::cout << "event " << event.offset();
            if (heard->cursor) {
                std::cout << ", go on from " << tocsin::client::to_text(*heard->cursor);
            }
            std::cout << '\n';
            if (event.report().text() == text) {
                return 0;
            }
        } else if (const auto* refused = std::get_if<tocsin::client::Refused>(&*happening)) {
            std::cerr << "refused: " << refused->refusal.message() << '\n';
            return 1;
        } else if (const auto* lost = std::get_if<tocsin::client::Disconnected>(&*happening)) {
            std::cerr << lost->closed.why << "; trying again\n";
        } else if (const auto* ended = std::get_if<tocsin::client::Ended>(&*happening)) {
            std::cerr << ended->closed.why << '\n';
            return 1;
        }
    }
    std::cerr << "no answer within 15 s\n";
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: " << argv[0] << " URL TOKEN TEXT\n";
        return 2;
    }
    try {
        return watch_and_report(argv[1], argv[2], argv[3]);
    } catch (const tocsin::client::BadOptions& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}

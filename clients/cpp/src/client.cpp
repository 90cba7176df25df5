#include "tocsin/client.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <utility>

#include "transport.hpp"

namespace tocsin::client {
namespace {

namespace asio = boost::asio;

Instant now() {
    return std::chrono::steady_clock::now();
}

asio::ssl::context make_tls(const std::string& ca_file) {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    tls.set_verify_mode(asio::ssl::verify_peer);
    boost::system::error_code error;
    if (ca_file.empty()) {
        tls.set_default_verify_paths(error);
    } else {
        tls.load_verify_file(ca_file, error);
    }
    if (error) {
        throw BadOptions(ca_file + ": " + error.message());
    }
    return tls;
}

Address checked(const std::string& url) {
    auto address = parse_address(url);
    if (!address) {
        throw BadOptions(address.error());
    }
    return *std::move(address);
}

}  // namespace

class Client::Driver final : public TransportEvents {
public:
    explicit Driver(ClientOptions options)
        : address_(checked(options.url)),
          options_(std::move(options)),
          tls_(make_tls(options_.ca_file)),
          signals_(io_),
          ids_(system_random()),
          session_(options_.session, system_random()) {
        if (std::ranges::any_of(options_.token, [](char c) { return c <= ' ' || c >= '\x7f'; })) {
            throw BadOptions("the token has a character that no token has");
        }
        for (const int number : options_.stop_signals) {
            signals_.add(number);
        }
        if (!options_.stop_signals.empty()) {
            signals_.async_wait([this](boost::system::error_code error, int) {
                if (!error) {
                    interrupted_ = true;
                }
            });
        }
    }

    ~Driver() {
        if (transport_) {
            transport_->abandon();
        }
    }

    std::optional<Happening> next(Instant deadline) {
        session_.start(now());
        while (true) {
            perform();
            if (auto happening = session_.take_happening()) {
                return happening;
            }
            if (interrupted_ || session_.has_ended() || now() >= deadline) {
                return std::nullopt;
            }
            wait(deadline);
        }
    }

    void interrupt() {
        interrupted_ = true;
        asio::post(io_, [] {});
    }

    void close(Millis within) {
        if (!transport_) {
            return;
        }
        transport_->close();
        const auto deadline = now() + within;
        while (transport_ && now() < deadline) {
            io_.run_one_until(deadline);
        }
    }

    std::string submit(wire::Command command) {
        if (command.id().empty()) {
            const auto wall = std::chrono::system_clock::now().time_since_epoch();
            command.set_id(ids_.next(std::chrono::duration_cast<Millis>(wall).count()));
        }
        auto id = command.id();
        session_.submit(std::move(command), now());
        return id;
    }

    Session& session() { return session_; }
    bool is_interrupted() const { return interrupted_; }

private:
    void wait(Instant deadline) {
        if (io_.poll_one() != 0) {
            return;
        }
        const auto wake = session_.wake_at();
        const auto ran = io_.run_one_until(wake ? std::min(*wake, deadline) : deadline);
        // What arrived meanwhile counts before the time is judged: a program that was stopped for a
        // while must not take its own absence for the hub's.
        if (ran == 0 && wake && now() >= *wake && io_.poll_one() == 0) {
            session_.on_time(now());
        }
    }

    void perform() {
        for (auto& action : session_.take_actions()) {
            if (std::holds_alternative<Open>(action)) {
                open();
            } else if (auto* send = std::get_if<Send>(&action)) {
                if (transport_) {
                    transport_->send(std::move(send->bytes));
                }
            } else if (transport_) {
                transport_->abandon();
                transport_.reset();
            }
        }
    }

    void open() {
        if (transport_) {
            transport_->abandon();
        }
        TransportOptions options{
            .address = address_, .token = options_.token, .open_within = options_.connect_within};
        transport_ = address_.tls ? make_tls_transport(io_, tls_, std::move(options), *this)
                                  : make_plain_transport(io_, std::move(options), *this);
        transport_->open();
    }

    void on_transport_open() override { session_.on_open(now()); }
    void on_transport_message(std::string_view bytes) override {
        session_.on_message(bytes, now());
    }
    void on_transport_closed(Closed closed) override {
        transport_.reset();
        session_.on_closed(closed, now());
    }

    Address address_;
    ClientOptions options_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    asio::ssl::context tls_;
    asio::signal_set signals_;
    std::atomic<bool> interrupted_ = false;
    CommandIds ids_;
    Session session_;
    std::shared_ptr<Transport> transport_;
};

Client::Client(ClientOptions options) : driver_(std::make_unique<Driver>(std::move(options))) {}
Client::~Client() = default;

void Client::subscribe(Subscription wish) {
    driver_->session().subscribe(std::move(wish), now());
}
std::string Client::submit(wire::Command command) {
    return driver_->submit(std::move(command));
}
void Client::get_incident(std::string incident_id) {
    driver_->session().get_incident(std::move(incident_id), now());
}
void Client::get_notice(std::string notice_id) {
    driver_->session().get_notice(std::move(notice_id), now());
}

void Client::get_stats(wire::GetStats request) {
    driver_->session().get_stats(std::move(request), now());
}
void Client::mark(const wire::Incident& incident, bool shown) {
    driver_->session().mark(incident, shown, now());
}
void Client::attended() {
    driver_->session().attended(now());
}
std::optional<Happening> Client::next(Instant deadline) {
    return driver_->next(deadline);
}
void Client::interrupt() {
    driver_->interrupt();
}
bool Client::is_interrupted() const {
    return driver_->is_interrupted();
}
void Client::close(Millis within) {
    driver_->close(within);
}
const Session& Client::session() const {
    return driver_->session();
}

}  // namespace tocsin::client

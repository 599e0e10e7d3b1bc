//! What is put into the engine's packet chain, from the wire to the application:
//! [`feedback`] (slot 1,000: transport-wide numbers and the [congestion controller](control)) → [`pacer`] (3,000) →
//! [answers to requests](nack::responder) → [`unrtx`] (6,500) → [requests](nack::generator) → arrival reports →
//! receiver and sender reports → [`tap`] (20,000), which [`outbox`] feeds.

pub(crate) mod control;
pub(crate) mod estimate;
pub(crate) mod feedback;
pub(crate) mod nack;
pub(crate) mod outbox;
pub(crate) mod pacer;
pub(crate) mod tap;
pub(crate) mod unrtx;

/// The parts of the engine's interceptor protocol that none of ours uses.
macro_rules! passive_protocol_parts {
    () => {
        type Rout = rtc::interceptor::TaggedPacket;
        type Wout = rtc::interceptor::TaggedPacket;
        type Eout = ();
        type Error = rtc::shared::error::Error;
        type Time = std::time::Instant;

        fn poll_read(&mut self) -> Option<Self::Rout> {
            self.read_queue.pop_front()
        }

        fn poll_write(&mut self) -> Option<Self::Wout> {
            self.write_queue.pop_front()
        }
    };
}
pub(crate) use passive_protocol_parts;

/// An interceptor that does not care for streams.
macro_rules! no_streams {
    () => {
        fn bind_local_stream(&mut self, _: &rtc::interceptor::StreamInfo) {}
        fn unbind_local_stream(&mut self, _: &rtc::interceptor::StreamInfo) {}
        fn bind_remote_stream(&mut self, _: &rtc::interceptor::StreamInfo) {}
        fn unbind_remote_stream(&mut self, _: &rtc::interceptor::StreamInfo) {}
    };
}
pub(crate) use no_streams;

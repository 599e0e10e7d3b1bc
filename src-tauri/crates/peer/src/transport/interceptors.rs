//! The chain of interceptors of a transport, in its order.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rtc::interceptor::{ReceiverReportBuilder, Registry, SenderReportBuilder, Slot, TwccReceiverBuilder};

use crate::chain::control::Controller;
use crate::chain::estimate::{MAX_RATE, MIN_RATE, START_RATE};
use crate::chain::feedback::Feedback;
use crate::chain::nack::generator::NackGenerator;
use crate::chain::nack::responder::NackResponder;
use crate::chain::pacer::Pacer;
use crate::chain::tap::{Tap, TapShared};
use crate::chain::unrtx::Unrtx;
use crate::stream::Stream;

/// Between reports of arrivals: half of what is usual, as the far side reacts to a queue no sooner. 12 kbit/s.
const ARRIVAL_REPORTS: Duration = Duration::from_millis(50);

pub(super) fn registry(shared: &Arc<TapShared>, tap: Tap) -> Registry {
    let is_audio = |stream: &&Arc<Stream>| stream.kind == confab_model::MediaKind::Audio;
    let audio: HashSet<u32> = shared.streams.iter().filter(is_audio).map(|stream| stream.ssrc).collect();
    let estimate = &shared.estimate;
    let controller = Controller::new(START_RATE, MIN_RATE, MAX_RATE);
    Registry::new()
        .with(Slot::CongestionControl, Feedback::new(controller, Arc::clone(estimate)))
        .with(Slot::Pacer, Pacer::new(Arc::clone(estimate), audio, Arc::clone(&shared.paced)))
        .with(Slot::NackResponder, NackResponder::new(Arc::clone(estimate)))
        .with(Slot::Custom(6_500), Unrtx::default())
        .with(Slot::NackGenerator, NackGenerator::new(rand::random()))
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().with_interval(ARRIVAL_REPORTS).build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
        .with(Slot::Custom(20_000), tap)
}

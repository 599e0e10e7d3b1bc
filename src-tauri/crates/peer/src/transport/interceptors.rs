//! The chain of interceptors of a transport, in its order.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rtc::interceptor::{
    CongestionControlBuilder, NackGeneratorBuilder, NackResponderBuilder, ReceiverReportBuilder, Registry,
    SenderReportBuilder, Slot, TwccReceiverBuilder, TwccSenderBuilder,
};

use crate::chain::estimate::PublishedGcc;
use crate::chain::pacer::Pacer;
use crate::chain::tap::{Tap, TapShared};
use crate::chain::unrtx::Unrtx;
use crate::stream::Stream;

/// Between the requests for a lost packet, and how many: repairs within the depth of a jitter buffer.
const NACK_INTERVAL: Duration = Duration::from_millis(50);
const MAX_NACKS: u16 = 8;
/// Packets kept for retransmission, a power of two: 1.5 s of 720p.
const NACK_HISTORY: u16 = 1_024;

pub(super) fn registry(shared: &Arc<TapShared>, tap: Tap) -> Registry {
    let is_audio = |stream: &&Arc<Stream>| stream.kind == confab_model::MediaKind::Audio;
    let audio: HashSet<u32> = shared.streams.iter().filter(is_audio).map(|stream| stream.ssrc).collect();
    let estimate = &shared.estimate;
    let gcc = PublishedGcc::new(Arc::clone(estimate));
    let nack_generator =
        NackGeneratorBuilder::new().with_interval(NACK_INTERVAL).with_max_nacks_per_packet(MAX_NACKS).build();
    Registry::new()
        .with(Slot::CongestionControl, CongestionControlBuilder::new(gcc).build())
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::Pacer, Pacer::new(Arc::clone(estimate), audio, Arc::clone(&shared.paced)))
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(NACK_HISTORY).build())
        .with(Slot::Custom(6_500), Unrtx::default())
        .with(Slot::NackGenerator, nack_generator)
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
        .with(Slot::Custom(20_000), tap)
}

//! What is measured of a transport.

use std::time::Duration;

use confab_model::CandidateKind;
use tokio::time::Instant;
use webrtc::peer_connection::{RTCStatsReportEntry, StatsSelector};

use super::Transport;
use super::handler::candidate_kind;
use crate::TransportStatistics;
use crate::stream::lock;

impl Transport {
    pub(crate) async fn statistics(&self) -> TransportStatistics {
        let report = self.connection.get_stats(std::time::Instant::now(), StatsSelector::None).await;
        let chosen = report.candidate_pairs().filter(|pair| pair.nominated).max_by_key(|pair| pair.bytes_received);
        // Candidates that were neither gathered nor signalled are not in the report: learnt from checks.
        let kind = |id: &str| {
            let find = |prefix: &str| report.get(&format!("{prefix}{id}"));
            let entry = find("RTCLocalIceCandidate_").or_else(|| find("RTCRemoteIceCandidate_"));
            match entry {
                Some(RTCStatsReportEntry::LocalCandidate(entry) | RTCStatsReportEntry::RemoteCandidate(entry)) => {
                    candidate_kind(entry.candidate_type)
                }
                _ => CandidateKind::PeerReflexive,
            }
        };
        let times = lock(&self.times);
        let between = |from: Option<Instant>, to: Option<Instant>| Some(to?.saturating_duration_since(from?));
        TransportStatistics {
            contents: self.streams.iter().map(|stream| stream.name.clone()).collect(),
            pair: chosen.map(|pair| (kind(&pair.local_candidate_id), kind(&pair.remote_candidate_id))),
            round_trip: chosen
                .map(|pair| pair.current_round_trip_time)
                .filter(|seconds| *seconds > 0.0 && *seconds < 3_600.0)
                .map(Duration::from_secs_f64),
            gathering: between(times.local_description, times.gathered),
            checks: between(times.both_descriptions, times.ice_connected),
            dtls: between(times.ice_connected, times.connected),
            ice_restarts: times.restarts,
            relay_failure: self.relay_failure(),
        }
    }
}

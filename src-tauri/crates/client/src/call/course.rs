//! How a call went: what is kept beside its record, to be shown and exported.

use std::time::Duration;

use confab_model::{AccountId, CallId};
use confab_peer::PeerStatistics;
use confab_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::quality::QualityHistory;
use crate::{QualitySample, TransportReport};

/// The measurements of one call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CallCourse {
    pub(crate) quality: Vec<QualitySample>,
    pub(crate) transports: Vec<TransportReport>,
}

impl CallCourse {
    pub(crate) fn new(history: QualityHistory, statistics: &PeerStatistics) -> Self {
        let quality = history.take().into_iter().map(|(at_ms, report)| QualitySample { at_ms, report }).collect();
        let transports = statistics.transports.iter().map(|transport| TransportReport {
            contents: transport.contents.iter().map(|name| name.0.clone()).collect(),
            local: transport.pair.map(|pair| pair.0),
            remote: transport.pair.map(|pair| pair.1),
            gathering_ms: transport.gathering.map(millis),
            checks_ms: transport.checks.map(millis),
            dtls_ms: transport.dtls.map(millis),
            ice_restarts: transport.ice_restarts,
        });
        Self { quality, transports: transports.collect() }
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// Adds the measurements of a media session to those of earlier sessions of the same call.
pub(crate) async fn save(
    store: &Store,
    account: AccountId,
    call: &CallId,
    course: CallCourse,
) -> Result<(), StoreError> {
    let mut whole = load(store, account, call).await?;
    whole.quality.extend(course.quality);
    whole.transports.extend(course.transports);
    store.set_call_course(account, call, &whole).await
}

/// What is known of a call; empty for one that never had media on this device.
pub(crate) async fn load(store: &Store, account: AccountId, call: &CallId) -> Result<CallCourse, StoreError> {
    Ok(store.call_course(account, call).await?.unwrap_or_default())
}

//! A link between two sessions: a rate with a queue, a delay, loss. Real time, on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use confab_model::MediaDescription;
use tokio::net::UdpSocket;
use tokio::time::Instant;

#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// bit/s towards the responder.
    pub rate: f64,
    /// Longest wait for the line; longer is dropped.
    pub queue: Duration,
    /// One way, both directions.
    pub delay: Duration,
    /// 0..=1, both directions.
    pub loss: f64,
}

#[derive(Debug)]
pub struct Counted {
    pub bytes: usize,
    /// Time in the queue; `None` = dropped at its end.
    pub queued: Option<Duration>,
}

#[derive(Debug)]
struct State {
    conditions: Conditions,
    random: u64,
    free: Instant,
    counted: Vec<Counted>,
}

impl State {
    fn random(&mut self) -> f64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// When a datagram arrives.
    fn arrival(&mut self, now: Instant, bytes: usize, forward: bool) -> Option<Instant> {
        let lost = self.random() < self.conditions.loss;
        let mut sent = now;
        if forward {
            let bytes = bytes + 28;
            let start = self.free.max(now);
            let queued = Some(start - now).filter(|wait| *wait <= self.conditions.queue);
            self.counted.push(Counted { bytes, queued });
            queued?;
            sent = start + Duration::from_secs_f64(bytes as f64 * 8.0 / self.conditions.rate);
            self.free = sent;
        }
        (!lost).then(|| sent + self.conditions.delay)
    }
}

/// Stands for each side's candidates on the way to the other.
#[derive(Debug)]
pub struct Link {
    state: Arc<Mutex<State>>,
    sockets: [Arc<UdpSocket>; 2],
    real: Arc<Mutex<[Option<SocketAddr>; 2]>>,
}

impl Link {
    pub async fn new(conditions: Conditions, seed: u64) -> Self {
        let any = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let sockets = [Arc::new(any().await.unwrap()), Arc::new(any().await.unwrap())];
        let state = State { conditions, random: seed, free: Instant::now(), counted: Vec::new() };
        let link = Self { state: Arc::new(Mutex::new(state)), sockets, real: Arc::default() };
        // Socket 0 stands for the initiator: what comes there is from the responder and goes out of socket 1.
        for side in [0, 1] {
            let (state, real) = (Arc::clone(&link.state), Arc::clone(&link.real));
            let (from, to) = (Arc::clone(&link.sockets[side]), Arc::clone(&link.sockets[1 - side]));
            tokio::spawn(async move {
                let (flight, mut flights) = tokio::sync::mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
                let deliver = tokio::spawn(async move {
                    while let Some((due, bytes)) = flights.recv().await {
                        tokio::time::sleep_until(due).await;
                        let address = real.lock().unwrap()[side];
                        if let Some(address) = address {
                            let _ = to.send_to(&bytes, address).await;
                        }
                    }
                });
                let mut buffer = vec![0; 2_048];
                while let Ok((size, _)) = from.recv_from(&mut buffer).await {
                    let arrival = state.lock().unwrap().arrival(Instant::now(), size, side == 1);
                    if let Some(due) = arrival {
                        let _ = flight.send((due, buffer[..size].to_vec()));
                    }
                }
                deliver.abort();
            });
        }
        link
    }

    pub fn set(&self, change: impl FnOnce(&mut Conditions)) {
        change(&mut self.state.lock().unwrap().conditions);
    }

    /// What has entered the line since the last call.
    pub fn take(&self) -> Vec<Counted> {
        std::mem::take(&mut self.state.lock().unwrap().counted)
    }

    /// Puts the link into a side's candidates. Only the first address of a side is let through.
    pub fn stand_for(&self, description: &mut MediaDescription, initiator: bool) {
        let side = usize::from(!initiator);
        let own = self.sockets[side].local_addr().unwrap();
        let mut real = self.real.lock().unwrap();
        for content in &mut description.contents {
            content.transport.candidates.retain_mut(|candidate| {
                let Ok(ip) = candidate.address.parse() else { return false };
                let address = SocketAddr::new(ip, candidate.port);
                if *real[side].get_or_insert(address) != address {
                    return false;
                }
                (candidate.address, candidate.port) = (own.ip().to_string(), own.port());
                true
            });
        }
    }
}

//! Where a domain's server is: SRV look-up (RFC 6120 §3.2.1, XEP-0368) and the TCP connection.

use std::{net::SocketAddr, time::Duration};

use confab_model::{ServerAddress, SignInFailure};
use futures::{StreamExt, stream::FuturesUnordered};
use hickory_resolver::{TokioResolver, proto::rr::RData};
use rand::Rng;
use tokio::{net::TcpStream, time::timeout};

/// RFC 6120 §3.2.2: where to go when there are no SRV records.
const CLIENT_PORT: u16 = 5222;
/// A resolver that does not answer must not hold up domains that have no SRV records.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);
/// For one address. The operating system's own time-out is two minutes.
const TCP_TIMEOUT: Duration = Duration::from_secs(10);
/// RFC 8305 §5: the next address is tried beside a slow one after this.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// One place where the server may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub host: String,
    pub port: u16,
    pub direct_tls: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    priority: u16,
    weight: u16,
    target: Target,
}

/// The places to try, in order.
pub(super) async fn targets(domain: &str, server: Option<&ServerAddress>) -> Result<Vec<Target>, SignInFailure> {
    if let Some(server) = server {
        return Ok(vec![Target { host: server.host.clone(), port: server.port, direct_tls: server.direct_tls }]);
    }
    let (starttls, direct) = futures::join!(
        srv_records(domain, "_xmpp-client._tcp", false),
        srv_records(domain, "_xmpps-client._tcp", true)
    );
    in_reach(domain, starttls, direct, &mut rand::rng())
}

/// What the records of the two services say. RFC 2782: the target "." says that there is decidedly no such service, and
/// says it of this one only.
fn in_reach(
    domain: &str,
    starttls: Vec<Record>,
    direct: Vec<Record>,
    random: &mut impl Rng,
) -> Result<Vec<Target>, SignInFailure> {
    let is_refused = !starttls.is_empty() && starttls.iter().all(|record| record.target.host.is_empty());
    let targets = in_order(starttls.into_iter().chain(direct).collect(), random);
    match (targets.is_empty(), is_refused) {
        (false, _) => Ok(targets),
        (true, false) => Ok(vec![Target { host: domain.to_owned(), port: CLIENT_PORT, direct_tls: false }]),
        (true, true) => Err(SignInFailure::UnknownServer { domain: domain.to_owned() }),
    }
}

async fn srv_records(domain: &str, service: &str, direct_tls: bool) -> Vec<Record> {
    if domain.parse::<std::net::IpAddr>().is_ok() {
        return Vec::new();
    }
    // Without a readable resolver configuration the fallback to the domain itself still works.
    let Ok(resolver) = TokioResolver::builder_tokio().and_then(|builder| builder.build()) else { return Vec::new() };
    let name = format!("{service}.{domain}.");
    let Ok(Ok(lookup)) = timeout(LOOKUP_TIMEOUT, resolver.srv_lookup(name)).await else { return Vec::new() };
    lookup
        .answers()
        .iter()
        .filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Record {
                priority: srv.priority,
                weight: srv.weight,
                target: Target {
                    host: srv.target.to_ascii().trim_end_matches('.').to_owned(),
                    port: srv.port,
                    direct_tls,
                },
            }),
            _ => None,
        })
        .collect()
}

/// RFC 2782: lowest priority first; among equals at random, weighted.
fn in_order(mut records: Vec<Record>, random: &mut impl Rng) -> Vec<Target> {
    records.retain(|record| !record.target.host.is_empty());
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut targets = Vec::with_capacity(records.len());
    while !records.is_empty() {
        let priority = records[0].priority;
        let group = records.iter().take_while(|record| record.priority == priority).count();
        let total: u32 = records[..group].iter().map(|record| u32::from(record.weight)).sum();
        let mut pick = random.random_range(0..=total);
        let chosen = records[..group]
            .iter()
            .position(|record| match pick.checked_sub(u32::from(record.weight)) {
                Some(rest) if rest > 0 => {
                    pick = rest;
                    false
                }
                _ => true,
            })
            .unwrap_or(0);
        targets.push(records.remove(chosen).target);
    }
    targets
}

/// Connects to the first address of a target that answers.
pub(super) async fn connect(target: &Target) -> Result<TcpStream, SignInFailure> {
    let addresses: Vec<SocketAddr> =
        match timeout(LOOKUP_TIMEOUT, tokio::net::lookup_host((target.host.as_str(), target.port))).await {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(_)) => return Err(SignInFailure::UnknownServer { domain: target.host.clone() }),
            Err(_) => return Err(unreachable(target, "the name server does not answer")),
        };
    if addresses.is_empty() {
        return Err(SignInFailure::UnknownServer { domain: target.host.clone() });
    }
    let mut attempts: FuturesUnordered<_> = (0u32..)
        .zip(addresses)
        .map(|(index, address)| async move {
            tokio::time::sleep(ATTEMPT_DELAY * index).await;
            match timeout(TCP_TIMEOUT, TcpStream::connect(address)).await {
                Ok(result) => result.map_err(|error| error.to_string()),
                Err(_) => Err("no answer".to_owned()),
            }
        })
        .collect();
    let mut why = String::new();
    while let Some(result) = attempts.next().await {
        match result {
            Ok(stream) => {
                // A stanza is one small write: waiting for more of them costs up to 40 ms of every message.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "no TCP_NODELAY");
                }
                return Ok(stream);
            }
            Err(error) => why = error,
        }
    }
    Err(unreachable(target, &why))
}

fn unreachable(target: &Target, why: &str) -> SignInFailure {
    SignInFailure::Unreachable { detail: format!("{}:{}: {why}", target.host, target.port) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn record(priority: u16, weight: u16, host: &str) -> Record {
        Record { priority, weight, target: Target { host: host.to_owned(), port: 1, direct_tls: false } }
    }

    #[test]
    fn records_are_tried_by_priority_and_then_by_weight() {
        let mut random = StdRng::seed_from_u64(7);
        let mut first = 0;
        for _ in 0..1000 {
            let hosts: Vec<String> =
                in_order(vec![record(20, 0, "late"), record(10, 90, "heavy"), record(10, 10, "light")], &mut random)
                    .into_iter()
                    .map(|target| target.host)
                    .collect();
            assert_eq!(hosts[2], "late");
            first += u32::from(hosts[0] == "heavy");
        }
        assert!((850..950).contains(&first), "heavy came first {first} times of 1000");
    }

    #[test]
    fn the_root_as_target_means_no_service() {
        assert_eq!(in_order(vec![record(0, 0, "")], &mut StdRng::seed_from_u64(1)), Vec::new());
        let hosts = |starttls: &[&str], direct: &[&str]| {
            let records = |hosts: &[&str]| hosts.iter().map(|host| record(0, 0, host)).collect();
            let random = &mut StdRng::seed_from_u64(1);
            let targets = in_reach("example.org", records(starttls), records(direct), random).ok()?;
            Some(targets.into_iter().map(|target| target.host).collect::<Vec<_>>())
        };
        let just = |host: &str| Some(vec![host.to_owned()]);
        assert_eq!(hosts(&[], &[]), just("example.org"));
        assert_eq!(hosts(&[""], &[]), None);
        assert_eq!(hosts(&[""], &[""]), None);
        assert_eq!(hosts(&[""], &["direct"]), just("direct"));
        assert_eq!(hosts(&["plain"], &[""]), just("plain"));
        // No direct TLS says nothing about the ordinary way.
        assert_eq!(hosts(&[], &[""]), just("example.org"));
    }
}

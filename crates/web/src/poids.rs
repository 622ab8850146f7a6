//! What each page weighs on the network and costs in computing, measured on the answers themselves: `/poids` shows it.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use rustix::time::{ClockId, clock_gettime};

/// Answers of one kind of page since the service started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mesure {
    /// Answers sent.
    pub reponses: u64,
    /// Bytes sent, as they left: compressed for whoever asks for it.
    pub octets: u64,
    /// The heaviest answer.
    pub plus_lourde: u64,
    /// Time of processor that made them, without the thread of the database nor the compression.
    pub calcul: Duration,
}

impl Mesure {
    /// Bytes of an answer, on average.
    #[must_use]
    pub fn octets_moyens(&self) -> u64 {
        self.octets.checked_div(self.reponses).unwrap_or(0)
    }

    /// Microseconds of processor for an answer, on average.
    #[must_use]
    pub fn calcul_moyen_us(&self) -> u128 {
        self.calcul.as_micros().checked_div(u128::from(self.reponses)).unwrap_or(0)
    }
}

/// The measures of a service, by route: as many as routes, whatever is asked.
#[derive(Debug, Default)]
pub struct Poids(Mutex<BTreeMap<String, Mesure>>);

impl Poids {
    /// All kinds of pages answered so far.
    #[must_use]
    pub fn mesures(&self) -> BTreeMap<String, Mesure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn noter(&self, route: &str, octets: u64, calcul: Duration) {
        let mut mesures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mesure = mesures.entry(route.to_owned()).or_default();
        mesure.reponses += 1;
        mesure.octets += octets;
        mesure.plus_lourde = mesure.plus_lourde.max(octets);
        mesure.calcul += calcul;
    }
}

/// Time of processor of the whole service since it started.
#[must_use]
pub fn calcul_du_service() -> Duration {
    lire(ClockId::ProcessCPUTime)
}

fn lire(horloge: ClockId) -> Duration {
    Duration::try_from(clock_gettime(horloge)).unwrap_or_default()
}

/// Written down when the last byte has left, or the visitor has.
struct Releve {
    poids: Arc<Poids>,
    route: MatchedPath,
    octets: u64,
    calcul: Duration,
}

impl Releve {
    fn peser(&mut self, octets: usize) {
        self.octets += octets as u64;
    }
}

impl Drop for Releve {
    fn drop(&mut self) {
        self.poids.noter(self.route.as_str(), self.octets, self.calcul);
    }
}

/// Outermost layer: measures the pages, and lets them read the measures.
pub async fn mesurer(poids: Arc<Poids>, mut request: Request, suite: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned().filter(|_| request.method() == Method::GET);
    request.extensions_mut().insert(poids.clone());
    let mut futur = pin!(suite.run(request));
    let mut calcul = Duration::ZERO;
    // What runs between two waits runs on this thread.
    let response = poll_fn(|contexte| {
        let debut = lire(ClockId::ThreadCPUTime);
        let etat = futur.as_mut().poll(contexte);
        calcul += lire(ClockId::ThreadCPUTime).saturating_sub(debut);
        etat
    })
    .await;
    match route.filter(|_| est_une_page(&response)) {
        Some(route) => {
            let mut releve = Releve { poids, route, octets: 0, calcul };
            response.map(|corps| {
                Body::new(corps.map_frame(move |morceau| {
                    releve.peser(morceau.data_ref().map_or(0, |octets| octets.len()));
                    morceau
                }))
            })
        }
        None => response,
    }
}

fn est_une_page(response: &Response) -> bool {
    let html = |genre: &header::HeaderValue| genre.as_bytes().starts_with(b"text/html");
    response.status() == StatusCode::OK && response.headers().get(header::CONTENT_TYPE).is_some_and(html)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Mesure, Poids};

    #[test]
    fn les_moyennes_sont_celles_des_reponses() {
        let poids = Poids::default();
        poids.noter("/", 1_000, Duration::from_micros(300));
        poids.noter("/", 3_000, Duration::from_micros(500));
        poids.noter("/aide", 10, Duration::ZERO);
        let mesures = poids.mesures();
        let accueil = mesures["/"];
        assert_eq!((accueil.octets_moyens(), accueil.plus_lourde, accueil.calcul_moyen_us()), (2_000, 3_000, 400));
        assert_eq!(mesures.len(), 2);
        assert_eq!((Mesure::default().octets_moyens(), Mesure::default().calcul_moyen_us()), (0, 0));
    }
}

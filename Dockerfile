# Document Explorer in a container; compose.yaml starts it: docker compose up --build
#
# Written without a Docker engine at hand: tests/test_container_files.py reads its text, nobody has built it yet.
# The base is pinned to an exact version and not to a digest, since no registry was at hand to read one from. Whoever
# builds it for others should add the digest that `docker buildx imagetools inspect` prints for this tag.
FROM python:3.11.14-slim-bookworm

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

WORKDIR /app

# torch first, in its build without CUDA: pip's default for Linux is the one for NVIDIA cards, about 4 GB.
COPY requirements.txt ./
RUN pip install "$(grep '^torch==' requirements.txt)" --index-url https://download.pytorch.org/whl/cpu
RUN pip install -r requirements.txt

# What the app needs, and nothing else. It belongs to root, so the app cannot change it.
COPY .streamlit/config.toml .streamlit/
COPY explorer explorer/
COPY ui ui/
COPY pages pages/
COPY samples samples/
COPY app.py pyproject.toml LICENSE NOTICE ./
# Compiled now: the app's processes could not keep what they compile.
RUN python -m compileall -q app.py pages ui explorer

# The app's user owns /data and nothing else. Libraries stand in it, and as the user's home it takes the log and caches.
RUN groupadd --gid 10001 explorer \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin explorer \
    && install --directory --owner=explorer --group=explorer --mode=0700 /data
ENV HOME=/data \
    EXPLORER_HOME=/data/default
VOLUME /data
USER 10001:10001

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8501, timeout=4); c.request('GET', '/_stcore/health'); raise SystemExit(c.getresponse().status != 200)"]

# It listens on every address of the container. Who reaches those from outside is said where the port is published.
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.headless", "true"]

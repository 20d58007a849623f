def uncached(get_response):
    """Keeps answers out of caches unless a view has said otherwise: what Django renders may depend on who asks.

    Static files are answered before this.
    """

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware

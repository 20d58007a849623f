def noindex(get_response):
    """Keeps previews out of search engines, on every answer and not on pages alone."""

    def middleware(request):
        response = get_response(request)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return middleware

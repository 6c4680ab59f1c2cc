#include "picture.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/memory.h"
#include "svg.h"

enum element_kind { PATH, DOT, SHAPE, TEXT, LINK, LINK_END, BREAK };

struct element {
    enum element_kind kind;
    const char *tag, *class;
    char *attributes; /* path: its data; link: the id it leads to */
    double x, y;      /* of a dot */
    char *text;       /* between the tags, or NULL */
};

const struct picture_form *picture_form(const char *name)
{
    static const struct picture_form forms[] = {
        {.name = "plain", .links = true},
        {.name = "page", .links = true, .joined = true, .hidden = true},
        {.name = "single", .links = true, .hidden = true},
        {.name = "epub", .hidden = true},
        {.name = "print", .styled = true, .paper = true},
        {.name = "file", .styled = true, .alone = true},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

struct picture *picture_add(struct pictures *pictures, char *name,
                            const char *class)
{
    struct picture *picture;

    pictures->list =
        array_grow(pictures->list, pictures->n, sizeof *pictures->list);
    picture = &pictures->list[pictures->n++];
    picture->name = name;
    picture->class = class;
    return picture;
}

static struct element *add(struct picture *picture, enum element_kind kind,
                           const char *tag, const char *class)
{
    struct element *element;

    picture->elements = array_grow(picture->elements, picture->nelements,
                                   sizeof *picture->elements);
    element = &picture->elements[picture->nelements++];
    element->kind = kind;
    element->tag = tag;
    element->class = class;
    return element;
}

static char *formatted(const char *format, va_list args)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_open(&text, &size);

    vfprintf(out, format, args);
    fclose(out);
    return text;
}

void picture_path(struct picture *picture, const char *class, const char *data,
                  ...)
{
    va_list args;

    va_start(args, data);
    add(picture, PATH, "path", class)->attributes = formatted(data, args);
    va_end(args);
}

void picture_dot(struct picture *picture, double x, double y)
{
    struct element *dot = add(picture, DOT, "circle", "dot");

    dot->x = x;
    dot->y = y;
    dot->attributes = text_format("cx=\"%g\" cy=\"%g\" r=\"4\"", x, y);
}

void picture_shape(struct picture *picture, const char *tag, const char *class,
                   const char *attributes, ...)
{
    va_list args;

    va_start(args, attributes);
    add(picture, SHAPE, tag, class)->attributes = formatted(attributes, args);
    va_end(args);
}

void picture_text(struct picture *picture, const char *class, double x,
                  double y, bool centred, const char *text)
{
    struct element *element = add(picture, TEXT, "text", class);

    element->attributes = text_format("x=\"%g\" y=\"%g\"%s", x, y,
                                      centred ? " text-anchor=\"middle\"" : "");
    element->text = text_copy(text, strlen(text));
}

void picture_link(struct picture *picture, const char *id)
{
    add(picture, LINK, "a", NULL)->attributes = text_copy(id, strlen(id));
}

void picture_end_link(struct picture *picture)
{
    add(picture, LINK_END, "a", NULL);
}

void picture_break(struct picture *picture)
{
    add(picture, BREAK, NULL, NULL);
}

/* The style of a class or a tag ------------------------------------------- */

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '-';
}

/* The text after spaces and comments. */
static const char *skip(const char *text)
{
    const char *end;

    for (;;) {
        text += strspn(text, " \n\t");
        if (!text_begins(text, "/*") || (end = strstr(text, "*/")) == NULL)
            return text;
        text = end + 2;
    }
}

/* Write the declarations of all rules for a name, until the first @media. A
 * rule is for a name if one of its selectors ends with that name. */
static void write_style(FILE *out, const char *styles, const char *name,
                        size_t length)
{
    const char *at = skip(styles), *begin, *close;

    for (; *at != '\0' && *at != '@'; at = skip(close + 1)) {
        bool matches = false;

        begin = at + strcspn(at, "{");
        close = begin + strcspn(begin, "}");
        if (*close == '\0')
            return;
        while (at < begin) {
            const char *end = at + strcspn(at, ",{"), *last = end, *first;

            while (last > at && isspace((unsigned char)last[-1]))
                last--;
            for (first = last; first > at && is_name(first[-1]); first--)
                ;
            matches |= (size_t)(last - first) == length &&
                       strncmp(first, name, length) == 0;
            at = end + 1;
        }
        for (at = begin + 1; matches && at < close; at++)
            if (*at == '"')
                fputs("&quot;", out);
            else
                putc(*at, out);
    }
}

/* Writing ------------------------------------------------------------------ */

static void write_class(FILE *out, const struct picture_form *form,
                        const char *styles, const char *tag, const char *class)
{
    if (!form->styled) {
        fprintf(out, "<%s class=\"%s\" ", tag, class);
        return;
    }
    fprintf(out, "<%s style=\"", tag);
    write_style(out, styles, tag, strlen(tag));
    for (const char *word = class; *word != '\0';) {
        size_t length = strcspn(word, " ");

        write_style(out, styles, word, length);
        word += length + strspn(word + length, " ");
    }
    fputs("\" ", out);
}

/* A class whose paths become one path in a crowded picture. */
static bool joins(const char *class)
{
    static const char *const classes[] = {"lead",  "link", "flow",
                                          "birth", "head", "head kin"};

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(class, classes[i]) == 0)
            return true;
    return false;
}

/* Write an element of a crowded picture together with all of its class, in the
 * place of the last of them. Returns the number of elements that are done; 0 if
 * this one is not to be joined. */
static size_t write_joined(FILE *out, const struct picture *picture, size_t at)
{
    const struct element *element = &picture->elements[at];
    bool dots = element->kind == DOT, last = true;
    size_t done = 1;

    if (!dots && (element->kind != PATH || !joins(element->class)))
        return 0;
    if (at + 1 < picture->nelements && picture->elements[at + 1].kind == BREAK)
        done++; /* the joined path has a break of its own */
    for (size_t i = at + 1; i < picture->nelements; i++)
        last &= picture->elements[i].kind != element->kind ||
                strcmp(picture->elements[i].class, element->class) != 0;
    if (!last)
        return done;
    fprintf(out, "<path class=\"%s\" d=\"", dots ? "dots" : element->class);
    for (size_t i = 0; i <= at; i++) {
        const struct element *one = &picture->elements[i];

        if (one->kind != element->kind ||
            strcmp(one->class, element->class) != 0)
            continue;
        if (dots) /* a line of no length, with round ends */
            fprintf(out, "M%g %gh0", one->x, one->y);
        else
            fputs(one->attributes, out);
    }
    fputs("\"/>\n", out);
    return done;
}

static void write_element(FILE *out, const struct element *element,
                          const struct picture_form *form, const char *styles)
{
    switch (element->kind) {
    case BREAK:
        putc('\n', out);
        break;
    case LINK:
        if (form->links) {
            fputs("<a href=\"#", out);
            svg_escape(out, element->attributes);
            fputs("\" tabindex=\"-1\">", out);
        }
        break;
    case LINK_END:
        if (form->links)
            fputs("</a>", out);
        break;
    default:
        write_class(out, form, styles, element->tag, element->class);
        if (element->kind == PATH)
            fprintf(out, "d=\"%s\"", element->attributes);
        else
            fputs(element->attributes, out);
        if (element->text != NULL) {
            putc('>', out);
            svg_escape(out, element->text);
            fprintf(out, "</%s>", element->tag);
        } else {
            fputs("/>", out);
        }
    }
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

double picture_scale(double width, double height)
{
    return least(0.18, least(165 / width, 180 / height));
}

void picture_write(FILE *out, const struct picture *picture,
                   const struct picture_form *form, const char *styles)
{
    double width = picture->width, height = picture->height;

    fprintf(out,
            "<svg %sxmlns=\"http://www.w3.org/2000/svg\" class=\"%s\" "
            "viewBox=\"0 0 %g %g\" ",
            form->hidden ? "aria-hidden=\"true\" focusable=\"false\" " : "",
            picture->class, width, height);
    if (form->paper) {
        double scale = picture_scale(width, height);

        fprintf(out, "width=\"%.4gmm\" height=\"%.4gmm\"", width * scale,
                height * scale);
    } else {
        fprintf(out, "width=\"%g\" height=\"%g\"", width, height);
    }
    fprintf(out, "%s>\n", form->alone ? " style=\"background: #fdfdfb\"" : "");
    for (size_t i = 0; i < picture->nelements;) {
        size_t done = form->joined && picture->crowded
                          ? write_joined(out, picture, i)
                          : 0;

        if (done == 0)
            write_element(out, &picture->elements[i], form, styles);
        i += done == 0 ? 1 : done;
    }
    fputs("</svg>\n", out);
}

void pictures_free(struct pictures *pictures)
{
    for (size_t i = 0; i < pictures->n; i++) {
        struct picture *picture = &pictures->list[i];

        for (size_t j = 0; j < picture->nelements; j++) {
            free(picture->elements[j].attributes);
            free(picture->elements[j].text);
        }
        free(picture->elements);
        free(picture->name);
        free(picture->words);
    }
    free(pictures->list);
    *pictures = (struct pictures){0};
}
